import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBoxes } from "./box-reader.ts";
import { concat } from "./box-writer.ts";
import { type FragmentSample, writeFragmentHeader } from "./fragment.ts";
import { writeInitSegment } from "./init-segment.ts";
import { parseMovie } from "./movie.ts";
import { readFragments } from "./read-fragments.ts";
import { retime } from "./retime.ts";
import { audioEntry, buildEsds, buildStsd, visualEntry } from "./testing/build-moov.ts";

const VIDEO = {
  kind: "video",
  timescale: 12800,
  stsd: buildStsd([visualEntry("avc1", 640, 360)]),
  widthPx: 640,
  heightPx: 360,
} as const;
const AUDIO = {
  kind: "audio",
  timescale: 44100,
  stsd: buildStsd([audioEntry("mp4a", 2, 44100, 0, buildEsds(0x40, [0x12, 0x10]))]),
  widthPx: 0,
  heightPx: 0,
} as const;

const randomSample: fc.Arbitrary<FragmentSample> = fc.record({
  size: fc.nat(300),
  duration: fc.nat(2 ** 32 - 1),
  ctsOffset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  isSync: fc.boolean(),
});
const randomFragment = fc.record({
  sequence: fc.nat(2 ** 32 - 1),
  baseDecodeTime: fc.nat(2 ** 52),
  samples: fc.array(randomSample, { maxLength: 30 }),
});

/** What is expected of reading: times and places, by adding up. */
function expectedSamples(
  fragments: readonly { baseDecodeTime: number; samples: readonly FragmentSample[] }[],
  parts: readonly Uint8Array[],
) {
  let end = 0;
  const ends = parts.map((part) => (end += part.length));
  return fragments.flatMap(({ baseDecodeTime, samples }, fragment) => {
    let time = baseDecodeTime;
    let start = ends[1 + fragment * 2] ?? 0;
    return samples.map(({ size, duration, ctsOffset }) => {
      const sample = { presentationTime: time + ctsOffset, size, start };
      time += duration;
      start += size;
      return sample;
    });
  });
}

describe("writeFragmentHeader", () => {
  it("writes what readFragments reads back", () => {
    fc.assert(
      fc.property(fc.array(randomFragment, { maxLength: 4 }), (fragments) => {
        const parts = [writeInitSegment({ ...VIDEO, editMediaTime: 0 })];
        for (const fragment of fragments) {
          const mediaBytes = fragment.samples.reduce((sum, { size }) => sum + size, 0);
          parts.push(writeFragmentHeader(fragment), new Uint8Array(mediaBytes));
        }
        const { init, samples } = readFragments(concat(...parts));
        expect(init).toEqual({ timescale: 12800, stsd: VIDEO.stsd, widthPx: 640, heightPx: 360 });
        expect(samples).toEqual(expectedSamples(fragments, parts));
      }),
    );
  });

  it("keeps the presentation times that retime was given", () => {
    const times = [1024, 2560, 2048, 1536, 3072];
    const { baseDecodeTime, timing } = retime(times, 3584);
    const samples = timing.map((each, at) => ({ ...each, size: 10, isSync: at === 0 }));
    const header = writeFragmentHeader({ sequence: 1, baseDecodeTime, samples });
    const whole = concat(writeInitSegment({ ...VIDEO, editMediaTime: 0 }), header, new Uint8Array(50));
    expect(readFragments(whole).samples.map((sample) => sample.presentationTime)).toEqual(times);
  });

  it("begins with a segment type and ends where the media follows", () => {
    const samples = [{ size: 7, duration: 512, ctsOffset: 0, isSync: true }];
    const header = writeFragmentHeader({ sequence: 1, baseDecodeTime: 0, samples });
    const boxes = readBoxes(concat(header, new Uint8Array(7)));
    expect(boxes.map(({ type }) => type)).toEqual(["styp", "moof", "mdat"]);
    expect(String.fromCharCode(...(boxes[0]?.body ?? []))).toBe("msdh\0\0\0\0msdhcmfs");
    expect(boxes[2]?.body).toHaveLength(7);
  });

  it("has a 64-bit size where the media is over 4 GiB", () => {
    const samples = [2 ** 31, 2 ** 31].map((size) => ({ size, duration: 1, ctsOffset: 0, isSync: true }));
    const header = writeFragmentHeader({ sequence: 1, baseDecodeTime: 0, samples });
    const view = new DataView(header.buffer, header.length - 16);
    expect([view.getUint32(0), view.getBigUint64(8)]).toEqual([1, 2n ** 32n + 16n]);
  });

  it.each<[string, object]>([
    ["a negative decode time", { baseDecodeTime: -1024 }],
    ["a decode time that is no whole number", { baseDecodeTime: 0.5 }],
    ["a size that is no number", { samples: [{ size: Number.NaN, duration: 1, ctsOffset: 0, isSync: true }] }],
    ["an offset of more than 31 bits", { samples: [{ size: 1, duration: 1, ctsOffset: 2 ** 31, isSync: true }] }],
  ])("refuses %s: players would read another", (_, wrong) => {
    expect(() => writeFragmentHeader({ sequence: 1, baseDecodeTime: 0, samples: [], ...wrong })).toThrow(RangeError);
  });
});

describe("writeInitSegment", () => {
  it("describes one track without samples", () => {
    const [ftyp, moov] = readBoxes(writeInitSegment({ ...VIDEO, editMediaTime: 0 }));
    expect(String.fromCharCode(...(ftyp?.body ?? []))).toBe("iso6\0\0\0\0iso6cmfccmf2");
    const { tracks } = parseMovie(moov?.bytes ?? new Uint8Array());
    expect(tracks).toHaveLength(1);
    expect(tracks[0]).toMatchObject({
      id: 1,
      kind: "video",
      timescale: 12800,
      edits: [],
      codedWidthPx: 640,
      rotationDegrees: 0,
    });
    expect(tracks[0]?.stsd).toEqual(VIDEO.stsd);
    expect(tracks[0]?.samples.count).toBe(0);
  });

  it("hides priming by an edit list, and then does not claim the brand that forbids one", () => {
    const [ftyp, moov] = readBoxes(writeInitSegment({ ...AUDIO, editMediaTime: 1024 }));
    expect(String.fromCharCode(...(ftyp?.body ?? []))).toBe("iso6\0\0\0\0iso6cmfc");
    const [track] = parseMovie(moov?.bytes ?? new Uint8Array()).tracks;
    expect(track).toMatchObject({
      kind: "audio",
      edits: [{ durationTicks: 0, mediaTime: 1024, rate: 1 }],
      language: "und",
    });
    expect(track?.stsd).toEqual(AUDIO.stsd);
  });

  it("refuses an edit before the media's start", () => {
    expect(() => writeInitSegment({ ...AUDIO, editMediaTime: -1 })).toThrow(RangeError);
  });
});
