import { describe, expect, it } from "vitest";
import { writeFragmentHeader } from "../mp4/fragment.ts";
import { writeInitSegment } from "../mp4/init-segment.ts";
import { retime } from "../mp4/retime.ts";
import { buildStsd, visualEntry } from "../mp4/testing/build-moov.ts";
import { decodedSamples } from "./picture-range.ts";
import type { Plan } from "./plan.ts";
import { segmentAt, segmentPictures } from "./segment-pictures.ts";

const PLAN = { boundaries: [0, 200, 400, 800], pictureEnd: 700 } as unknown as Plan; // all that is looked at

describe("segmentAt", () => {
  it.each([
    [-5, 0],
    [0, 0],
    [199.9, 0],
    [200, 1],
    [699, 2],
    [900, 2],
  ])("finds %d in segment %i", (ticks, segment) => {
    expect(segmentAt(PLAN, ticks)).toBe(segment);
  });

  it("finds the last picture where the sound goes on for segments", () => {
    expect(segmentAt({ ...PLAN, pictureEnd: 400 }, 750)).toBe(1);
  });
});

/** Pictures of one byte, which is their time; in decode order. */
function segment(times: readonly number[], end: number): Uint8Array {
  const { baseDecodeTime, timing } = retime(times, end);
  const samples = timing.map((timed, n) => ({ ...timed, size: 1, isSync: n === 0 }));
  const header = writeFragmentHeader({ sequence: 1, baseDecodeTime, samples });
  return Uint8Array.from([...header, ...times]);
}

describe("segmentPictures", () => {
  const stsd = buildStsd([visualEntry("avc1", 480, 270)]);
  const init = writeInitSegment({
    kind: "video",
    timescale: 10_000,
    stsd,
    widthPx: 480,
    heightPx: 270,
    editMediaTime: 0,
  });
  const { track, index, bytes } = segmentPictures(init, [segment([10, 13, 11, 12], 14), segment([14, 16, 15], 17)]);

  it("has all pictures at their times, and their bytes", () => {
    expect(Array.from(index.times)).toEqual([10, 11, 12, 13, 14, 15, 16]);
    const shown = Array.from(index.samples, (sample) => bytes[track.samples.offset[sample] ?? 0]);
    expect(shown).toEqual([10, 11, 12, 13, 14, 15, 16]);
  });

  it("decodes from the begin of a picture's own segment", () => {
    expect(Array.from(track.samples.isSync)).toEqual([1, 0, 0, 0, 1, 0, 0]);
    expect(decodedSamples(index, track.samples, { from: 5, to: 6 })).toEqual({ first: 4, end: 7 });
  });
});
