import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleWithCaptions } from "../testing/cea608-bytes.ts";
import { captionPairs } from "./caption-pairs.ts";

const pairs = fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 3, 0x94, 0xff), fc.nat({ max: 255 })), { maxLength: 15 });

/** Zero in seven bits is what fills up. */
const saysSomething = (pair: readonly number[]): boolean => pair.some((byte) => byte % 128 !== 0);

describe("captionPairs", () => {
  it("finds what a picture carries, also where bytes are escaped", () => {
    fc.assert(
      fc.property(pairs, pairs, (one, other) => {
        const sent = { field1: one.flat(), field2: other.flat() };
        const said = { field1: one.filter(saysSomething).flat(), field2: other.filter(saysSomething).flat() };
        expect(captionPairs(sampleWithCaptions(sent), 4)).toEqual(said);
      }),
    );
  });

  it("is null where there is no place for captions, which is not the same as saying nothing", () => {
    expect(captionPairs(Uint8Array.from([0, 0, 0, 3, 0x65, 1, 2]), 4)).toBeNull();
    expect(captionPairs(sampleWithCaptions({ field1: [], field2: [] }), 4)).toEqual({ field1: [], field2: [] });
  });

  it("holds no more of a picture than captions can take", () => {
    const one = sampleWithCaptions({ field1: Array<number>(20).fill(0x94), field2: [] });
    const sei = one.subarray(0, one.length - 8); // without the slice
    const many = Uint8Array.from(Array.from({ length: 100 }, () => [...sei]).flat());
    expect(captionPairs(many, 4)?.field1.length).toBeLessThanOrEqual(256);
    const long = new Uint8Array(200_000);
    long.set([0, 3, 0, 0, 6, 4]);
    expect(captionPairs(long, 4)).toBeNull();
  });

  it("does not look behind the first slice", () => {
    const slice = [0, 0, 0, 2, 0x41, 1];
    expect(
      captionPairs(Uint8Array.from([...slice, ...sampleWithCaptions({ field1: [1, 2], field2: [] })]), 4),
    ).toBeNull();
  });

  it("takes what is damaged for what it still is", () => {
    const whole = sampleWithCaptions({ field1: [0x94, 0x20, 0x94, 0x20], field2: [1, 2] });
    for (let end = 0; end < whole.length; end += 1) captionPairs(whole.subarray(0, end), 4);
    fc.assert(fc.property(fc.uint8Array(), fc.constantFrom(1, 2, 4), (bytes, size) => void captionPairs(bytes, size)));
    const invalid = [...whole].map((byte) => (byte === 0xfc ? 0xf8 : byte));
    expect(captionPairs(Uint8Array.from(invalid), 4)).toEqual({ field1: [], field2: [1, 2] });
  });
});
