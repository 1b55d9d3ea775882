import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mp4Error } from "../mp4/mp4-error.ts";
import { indexPictures } from "./picture-index.ts";
import { pictureAt } from "./picture-range.ts";
import { gopTable, steppedSamples, tableOf, trackOf } from "./testing/tables.ts";

const MOVIE = { timescale: 1_000 };

describe("indexPictures", () => {
  it("orders pictures as they are shown, from 0, in whole ticks that no encoder rounds", () => {
    const index = indexPictures(MOVIE, trackOf(gopTable(30, 10), { timescale: 24 }));
    expect(index.timescale).toBe(24 * 417);
    expect(Array.from(index.times)).toEqual(Array.from({ length: 30 }, (_, n) => n * 417));
    expect(index.end).toBe(30 * 417);
    expect(index.mediaOrigin).toBe(2);
  });

  it("hides what an edit list hides, at both ends", () => {
    const samples = Array.from({ length: 100 }, (_, n) => ({ dts: n, pts: n, isSync: n % 10 === 0 }));
    const edits = [{ durationTicks: 2_000, mediaTime: 23, rate: 1 }]; // 2 s of 25 pictures a second, from the 24th
    const index = indexPictures(MOVIE, trackOf(tableOf(samples), { edits }));
    expect([index.samples[0], index.samples.at(-1)]).toEqual([23, 72]);
    expect(index.times[0]).toBe(0);
  });

  it("tells when the first picture is shown, for the sound to be placed by", () => {
    const samples = [5, 6, 7].map((pts, dts) => ({ dts, pts }));
    const edits = [
      { durationTicks: 400, mediaTime: -1, rate: 1 },
      { durationTicks: 0, mediaTime: 4, rate: 1 },
    ];
    expect(indexPictures(MOVIE, trackOf(tableOf(samples), { edits })).presentationStart).toBe(1 + 10);
  });

  it("is not delayed by what is empty behind the pictures", () => {
    const samples = tableOf([5, 6, 7].map((pts, dts) => ({ dts, pts })));
    const edits = [
      { durationTicks: 120, mediaTime: 5, rate: 1 },
      { durationTicks: 400, mediaTime: -1, rate: 1 },
    ];
    expect(indexPictures(MOVIE, trackOf(samples, { edits })).presentationStart).toBe(0);
  });

  it.each([
    ["no picture is shown", tableOf([{ dts: 0, pts: 0 }]), [{ durationTicks: 0, mediaTime: 9, rate: 1 }]],
    [
      "two are shown at once",
      tableOf([
        { dts: 0, pts: 3 },
        { dts: 1, pts: 3 },
      ]),
      [],
    ],
    [
      "the edit list has several parts",
      tableOf([{ dts: 0, pts: 0 }]),
      [
        { durationTicks: 9, mediaTime: 0, rate: 1 },
        { durationTicks: 9, mediaTime: 0, rate: 1 },
      ],
    ],
  ])("refuses a track where %s", (_, table, edits) => {
    expect(() => indexPictures(MOVIE, trackOf(table, { edits }))).toThrow(Mp4Error);
  });
});

describe("pictureAt", () => {
  it("is the picture that a slow search finds, and the ends outside", () => {
    const steps = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: -50, max: 3_000 }), (gaps, time) => {
        const table = tableOf(steppedSamples(gaps));
        const index = indexPictures(MOVIE, trackOf(table, { timescale: 10_000 }));
        const slow = Array.from(index.times).findLastIndex((start) => start <= time);
        expect(pictureAt(index, time)).toBe(Math.max(0, slow));
      }),
    );
  });
});
