import { describe, expect, it } from "vitest";
import { readFragments } from "../mp4/read-fragments.ts";
import { buildStsd, visualEntry } from "../mp4/testing/build-moov.ts";
import { encoderInput } from "./encoder-input.ts";
import { indexPictures } from "./picture-index.ts";
import { gopTable, trackOf } from "./testing/tables.ts";

const MOVIE = { timescale: 1_000 };

describe("encoderInput", () => {
  it("has no picture before its decoding, which ffmpeg would move, and keeps the plan's times", () => {
    const table = gopTable(20, 10);
    for (const [sample, offset] of table.cts.entries()) table.cts[sample] = offset - 2; // as cslg allows
    const track = trackOf(table, { stsd: buildStsd([visualEntry("avc1", 640, 360)]) });
    const index = indexPictures(MOVIE, track);
    const { head, offset, samples, keep } = encoderInput(track, index, { from: 0, to: 10 });
    const media = new Uint8Array((samples.end - samples.first) * 100);
    const fed = readFragments(Uint8Array.from([...head, media].flatMap((part) => [...part]))).samples;
    const times = fed.map(({ presentationTime }) => presentationTime - offset);
    expect(times.toSorted((one, other) => one - other)).toEqual(Array.from(index.times.subarray(0, 10)));
    expect(fed.every(({ presentationTime }, sample) => presentationTime >= sample * index.factor)).toBe(true);
    expect(keep).toEqual({ start: offset, end: offset + (index.times[9] ?? 0) + 1 });
  });

  it("puts the wanted picture where one says, and all others at their distance from it", () => {
    const table = gopTable(20, 10);
    const track = trackOf(table, { stsd: buildStsd([visualEntry("avc1", 640, 360)]) });
    const index = indexPictures(MOVIE, track);
    const startAt = 2 ** 40;
    const { head, samples, offset, keep } = encoderInput(track, index, { from: 14, to: 15 }, 0, startAt);
    expect(keep).toEqual({ start: startAt, end: startAt + 1 });
    const media = new Uint8Array((samples.end - samples.first) * 100);
    const fed = readFragments(Uint8Array.from([...head, media].flatMap((part) => [...part]))).samples;
    const times = fed.map(({ presentationTime }) => presentationTime - offset).toSorted((one, other) => one - other);
    expect(times).toEqual(expect.arrayContaining([index.times[10], index.times[14]]));
    expect(fed.some(({ presentationTime }) => presentationTime === startAt)).toBe(true);
  });
});
