import { describe, expect, it } from "vitest";
import { isHevcStartSample, isIdrSample } from "./nal.ts";

/** NALs of the given types, two bytes each, behind length fields of `lengthBytes`. */
function sampleOf(types: readonly number[], lengthBytes = 4): Uint8Array {
  return Uint8Array.from(types.flatMap((type) => [...Array<number>(lengthBytes - 1).fill(0), 2, 0x60 | type, 0x88]));
}

const [SLICE, PARTITION, IDR, SEI, SPS, PPS, DELIMITER] = [1, 2, 5, 6, 7, 8, 9] as const;

describe("isIdrSample", () => {
  it.each([1, 2, 4])("sees an IDR among NALs with lengths of %i bytes", (lengthBytes) => {
    expect(isIdrSample(sampleOf([DELIMITER, SPS, PPS, SEI, IDR, IDR], lengthBytes), lengthBytes)).toBe(true);
  });

  it.each([
    ["a recovery point: SEI and an ordinary slice", [SEI, SLICE]],
    ["slices of both kinds", [IDR, SLICE]],
    ["data partitions", [PARTITION]],
    ["no slice at all", [SPS, PPS]],
    ["nothing", []],
  ])("says no to %s", (_, types) => {
    expect(isIdrSample(sampleOf(types), 4)).toBe(false);
  });

  it("says no to a sample that is cut off, and passes over empty NALs", () => {
    const idr = sampleOf([IDR]);
    expect(isIdrSample(idr.subarray(0, 5), 4)).toBe(false);
    expect(isIdrSample(Uint8Array.of(...idr, 0, 0), 4)).toBe(false);
    expect(isIdrSample(Uint8Array.of(0, 0, 0, 0, ...idr), 4)).toBe(true);
  });
});

/** HEVC's NALs have their type in six bits behind the first, and a second byte of header. */
const hevcOf = (...types: number[]): Uint8Array => Uint8Array.from(types.flatMap((type) => [0, 0, 0, 2, type << 1, 1]));

describe("isHevcStartSample", () => {
  const [TRAILING, LEADING, BLA, IDR_HEVC, CRA, VPS, SEI_HEVC] = [1, 8, 16, 19, 21, 32, 39] as const;

  it.each([[BLA], [IDR_HEVC], [CRA], [VPS, SEI_HEVC, IDR_HEVC, IDR_HEVC]])("sees a start in %j", (...types) => {
    expect(isHevcStartSample(hevcOf(...types), 4)).toBe(true);
  });

  it.each([[TRAILING], [LEADING], [IDR_HEVC, TRAILING], [VPS, SEI_HEVC]])("says no to %j", (...types) => {
    expect(isHevcStartSample(hevcOf(...types), 4)).toBe(false);
  });
});
