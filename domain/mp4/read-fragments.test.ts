import { describe, expect, it } from "vitest";
import { box, concat, fullBox, i32, u32, u64 } from "./box-writer.ts";
import { Mp4Error } from "./mp4-error.ts";
import { readFragments } from "./read-fragments.ts";
import { buildMoov } from "./testing/build-moov.ts";

const TRACK = { stts: [], stsc: [], chunkOffsets: [], sizes: [] };
const trex = (duration: number, size: number) => box("mvex", fullBox("trex", 0, 0, u32(1, 1, duration, size, 0)));
const moov = (duration = 0, size = 0) => box("moov", buildMoov([TRACK]).subarray(8), trex(duration, size));
const moof = (...boxes: Uint8Array[]) => box("moof", fullBox("mfhd", 0, 0, u32(1)), box("traf", ...boxes));
const tfhd = (flags = 0x20000, ...fields: Uint8Array[]) => fullBox("tfhd", 0, flags, u32(1), ...fields);
const tfdt = (time: number) => fullBox("tfdt", 0, 0, u32(time));
const mdat = (bytes: number) => box("mdat", new Uint8Array(bytes));

/** `trun` without data offset: the media begins where `moof` does, plus what came before. */
const read = (...parts: Uint8Array[]) => readFragments(concat(...parts)).samples;
const startsOf = (samples: ReturnType<typeof read>) => samples.map(({ start }) => start);
const timesOf = (samples: ReturnType<typeof read>) => samples.map(({ presentationTime }) => presentationTime);

/** A fragment whose first run says where the media begins, which takes the fragment's own length. */
function fragment(build: (dataOffset: number) => Uint8Array): Uint8Array {
  return build(build(0).length + 8);
}

describe("readFragments", () => {
  it("takes durations and sizes from the track where a fragment has none", () => {
    const one = fragment((offset) => moof(tfhd(), tfdt(100), fullBox("trun", 0, 0x1, u32(2), i32(offset))));
    const start = moov().length + one.length + 8;
    expect(read(moov(10, 5), one, mdat(10))).toEqual([
      { presentationTime: 100, size: 5, start },
      { presentationTime: 110, size: 5, start: start + 5 },
    ]);
  });

  it("prefers a fragment's own to the track's, and passes over what it does not need", () => {
    const header = tfhd(0x2003a, u32(1, 20, 7, 0));
    const one = fragment((offset) =>
      moof(header, tfdt(0), fullBox("trun", 0, 0x405, u32(2), i32(offset), u32(0, 0, 0))),
    );
    const samples = read(moov(10, 5), one, mdat(14));
    expect(timesOf(samples)).toEqual([0, 20]);
    expect(samples.map(({ size }) => size)).toEqual([7, 7]);
  });

  it("reads several runs, the second where the first ends, with signed offsets in version 0 as well", () => {
    const second = fullBox("trun", 0, 0x800, u32(2), i32(-10, 10));
    const one = fragment((offset) => moof(tfhd(), tfdt(50), fullBox("trun", 1, 0x1, u32(1), i32(offset)), second));
    const samples = read(moov(10, 5), one, mdat(15));
    expect(timesOf(samples)).toEqual([50, 50, 80]);
    const start = moov().length + one.length + 8;
    expect(startsOf(samples)).toEqual([start, start + 5, start + 10]);
  });

  it("goes on in time where a fragment says none, and reads 64-bit times", () => {
    const long = fullBox("tfdt", 1, 0, u64(2 ** 40));
    const one = fragment((offset) => moof(tfhd(), long, fullBox("trun", 0, 0x1, u32(2), i32(offset))));
    const two = fragment((offset) => moof(tfhd(), fullBox("trun", 0, 0x1, u32(1), i32(offset))));
    expect(timesOf(read(moov(10, 5), one, mdat(10), two, mdat(5)))).toEqual([2 ** 40, 2 ** 40 + 10, 2 ** 40 + 20]);
  });

  it("finds media by a place in the file, in any of several boxes", () => {
    const base = moov().length;
    const one = moof(tfhd(0x1, u64(base + 8)), tfdt(0), fullBox("trun", 0, 0x0, u32(2)));
    expect(startsOf(read(moov(10, 5), mdat(12), mdat(20), one))).toEqual([base + 8, base + 13]);
    const two = moof(tfhd(0x1, u64(base + 28)), tfdt(0), fullBox("trun", 0, 0x0, u32(2)));
    expect(startsOf(read(moov(10, 5), mdat(12), mdat(20), two))).toEqual([base + 28, base + 33]);
  });

  it("takes the second part of a fragment to begin where the first ends, in files that say nothing", () => {
    const traf = (offset: Uint8Array, flags: number) => box("traf", tfhd(0), fullBox("trun", 0, flags, u32(1), offset));
    const one = fragment((offset) => box("moof", traf(i32(offset), 0x1), traf(new Uint8Array(), 0)));
    const start = moov().length + one.length + 8;
    expect(startsOf(read(moov(10, 5), one, mdat(10)))).toEqual([start, start + 5]);
  });

  it("passes over other boxes and takes a file without fragments", () => {
    expect(read(box("ftyp"), moov(), box("styp"), box("sidx"), box("mfra"))).toEqual([]);
  });

  const good = fragment((offset) => moof(tfhd(), tfdt(0), fullBox("trun", 0, 0x1, u32(2), i32(offset))));
  it.each<[string, Uint8Array[]]>([
    ["no index", [good, mdat(10)]],
    ["no track", [box("moov", buildMoov([]).subarray(8), trex(10, 5))]],
    ["two tracks", [box("moov", buildMoov([TRACK, TRACK]).subarray(8), trex(10, 5))]],
    ["an index that is not for fragments", [buildMoov([TRACK]), good, mdat(10)]],
    ["media cut off", [moov(10, 5), good, mdat(10).subarray(0, -1)]],
    ["samples longer than their media", [moov(10, 5), good, mdat(9)]],
    ["samples without media", [moov(10, 5), good]],
    ["samples before the media", [moov(10, 5), moof(tfhd(), fullBox("trun", 0, 0x1, u32(1), i32(-5))), mdat(10)]],
    ["a run cut off", [moov(10, 5), moof(tfhd(), fullBox("trun", 0, 0x200, u32(3, 1, 1))), mdat(10)]],
    [
      "absurdly many samples of no bytes",
      [moov(0, 0), moof(tfhd(), fullBox("trun", 0, 0x1, u32(2 ** 32 - 1), i32(0))), mdat(0)],
    ],
    ["a time that was negative", [moov(10, 5), moof(tfhd(), fullBox("tfdt", 1, 0, u32(2 ** 32 - 1, 0)))]],
    ["a fragment without a header", [moov(10, 5), moof(tfdt(0))]],
  ])("refuses %s", (_, parts) => {
    expect(() => read(...parts)).toThrow(Mp4Error);
  });
});
