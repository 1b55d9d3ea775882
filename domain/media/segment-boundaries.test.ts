import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexPictures } from "./picture-index.ts";
import { copiedSamples, decodedSamples, picturesWithin } from "./picture-range.ts";
import { canCopySegments, segmentBoundaries } from "./segment-boundaries.ts";
import { gopTable, steppedSamples, tableOf, trackOf } from "./testing/tables.ts";

const MOVIE = { timescale: 1000 };
const RATE = 25;

describe("segmentBoundaries", () => {
  it("begins with two segments of about 2 s, then takes the sync samples nearest 4 s", () => {
    const table = gopTable(20 * RATE, 2 * RATE);
    const { kind, starts } = segmentBoundaries(indexPictures(MOVIE, trackOf(table)), table);
    expect(kind).toBe("sync");
    expect(starts.map((at) => at / RATE)).toEqual([0, 2, 4, 8, 12, 16]);
  });

  it("takes a sync sample that comes a tenth early", () => {
    const table = gopTable(12 * RATE, 46); // 1.84 s
    const { starts } = segmentBoundaries(indexPictures(MOVIE, trackOf(table)), table);
    expect(starts).toEqual([0, 46, 92, 184, 276]);
  });

  it("leaves the sync samples for exact frame times where they are too far apart", () => {
    const table = gopTable(24 * RATE, 11 * RATE);
    const { kind, starts } = segmentBoundaries(indexPictures(MOVIE, trackOf(table)), table);
    expect(kind).toBe("grid");
    expect(starts.map((at) => at / RATE)).toEqual([0, 2, 4, 8, 12, 16, 20]);
  });

  it("takes the sync samples also where the first picture is none, so that no picture is decoded twice", () => {
    const hiding = (seconds: number) => ({ edits: [{ durationTicks: 0, mediaTime: seconds * RATE + 2, rate: 1 }] });
    const table = gopTable(20 * RATE, 2 * RATE);
    const { kind, starts } = segmentBoundaries(indexPictures(MOVIE, trackOf(table, hiding(1))), table);
    expect([kind, starts.map((at) => at / RATE)]).toEqual(["sync", [0, 3, 5, 9, 13, 17]]);
    const long = gopTable(24 * RATE, 8 * RATE);
    const { starts: grid } = segmentBoundaries(indexPictures(MOVIE, trackOf(long, hiding(1))), long);
    expect(grid.map((at) => at / RATE)).toEqual([0, 2, 4, 8, 12, 16, 20]);
  });

  it("covers every picture exactly once, whatever the rate, the groups and the holes", () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 10, max: 60 }), (steps, gop, timescale) => {
        const table = tableOf(steppedSamples(steps, 5).map((one, n) => ({ ...one, isSync: n % gop === 0 })));
        const index = indexPictures(MOVIE, trackOf(table, { timescale }));
        const { starts } = segmentBoundaries(index, table);
        const bounds = [...starts.map((at) => index.times[at] ?? 0), index.end];
        const covered = starts.flatMap((_, n) => {
          const { from, to } = picturesWithin(index, bounds[n] ?? 0, bounds[n + 1] ?? 0);
          return Array.from({ length: to - from }, (_, at) => from + at);
        });
        expect(covered).toEqual(steps.map((_, at) => at));
      }),
    );
  });
});

describe("canCopySegments", () => {
  const verdict = (samples: Parameters<typeof tableOf>[0], edits: Parameters<typeof trackOf>[1] = {}): boolean => {
    const table = tableOf(samples);
    const index = indexPictures(MOVIE, trackOf(table, { timescale: 1, ...edits }));
    return canCopySegments(index, table, [0, 3]);
  };

  it("is so for closed groups with pictures out of order", () => {
    expect(verdict([0, 2, 1, 3, 5, 4].map((pts, dts) => ({ dts, pts: pts + 1, isSync: dts % 3 === 0 })))).toBe(true);
  });

  it("is not so where pictures after a sync sample are shown before it", () => {
    expect(verdict([0, 1, 2, 4, 3, 5].map((pts, dts) => ({ dts, pts: pts + 1, isSync: dts % 3 === 0 })))).toBe(false);
  });

  it("is not so where an edit hides the first pictures", () => {
    const edits = [{ durationTicks: 0, mediaTime: 1, rate: 1 }];
    expect(
      verdict(
        [0, 1, 2, 3, 4, 5].map((pts, dts) => ({ dts, pts, isSync: dts % 3 === 0 })),
        { edits },
      ),
    ).toBe(false);
  });
});

describe("decodedSamples", () => {
  const anyGroups = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 4, max: 120 }));

  it("has every wanted picture and begins with a sync sample shown no later than the first", () => {
    fc.assert(
      fc.property(anyGroups, fc.nat(200), fc.integer({ min: 1, max: 30 }), ([gop, pictures], begin, count) => {
        const table = gopTable(pictures, gop);
        const index = indexPictures(MOVIE, trackOf(table));
        const from = begin % pictures;
        const to = Math.min(from + count, pictures);
        const { first, end } = decodedSamples(index, table, { from, to });
        expect(table.isSync[first]).toBe(1);
        for (let at = from; at < to; at += 1) {
          expect(index.samples[at]).toBeGreaterThanOrEqual(first);
          expect(index.samples[at]).toBeLessThan(end);
        }
        expect(to - from === pictures ? first : 0).toBe(0);
      }),
    );
  });

  it("is the whole group for a copied segment", () => {
    const table = gopTable(100, 50);
    const index = indexPictures(MOVIE, trackOf(table));
    expect(copiedSamples(index, [0, 50], 1)).toEqual({ first: 50, end: 100 });
    expect(decodedSamples(index, table, { from: 50, to: 100 })).toEqual({ first: 50, end: 100 });
  });

  it("goes further back when told so, but not before the first", () => {
    const table = gopTable(100, 25);
    const index = indexPictures(MOVIE, trackOf(table));
    expect(decodedSamples(index, table, { from: 75, to: 80 }, 1).first).toBe(50);
    expect(decodedSamples(index, table, { from: 75, to: 80 }, 9).first).toBe(0);
  });
});
