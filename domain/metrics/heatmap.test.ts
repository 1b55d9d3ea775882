import { describe, expect, it } from "vitest";
import { bucketCount, cellCount, heatmapOf } from "./heatmap.ts";

describe("bucketCount", () => {
  it.each([
    [1, 10],
    [9_999, 10],
    [24_092, 20],
    [60_000, 50],
    [99_999, 50],
    [100_000, 100],
    [10 * 60_000, 600],
    [3 * 3_600_000, 1_000],
    [2 ** 32 - 1, 1_000],
  ])("of %i ms is %i", (lengthMs, count) => {
    expect(bucketCount(lengthMs)).toBe(count);
  });

  it("and hundredths are both made of whole cells", () => {
    for (let seconds = 1; seconds < 2_000; seconds += 1) {
      const [cells, buckets] = [cellCount(seconds * 1_000), bucketCount(seconds * 1_000)];
      expect([cells % buckets, cells % 100]).toEqual([0, 0]);
    }
  });
});

describe("heatmapOf", () => {
  it("counts what was played in part by its part", () => {
    // of 10 s in hundredths: one view played [0, 5 s), another [2.25 s, 2.5 s) twice
    const rows = [
      { cell: 0, net: 1, offset: 0, views: 1 },
      { cell: 22, net: 2, offset: 1, views: 1 },
      { cell: 25, net: -2, offset: 0, views: 0 },
      { cell: 50, net: -1, offset: 0, views: 0 },
    ];
    const { times, hundredths, views } = heatmapOf(rows, 10_000);
    expect(times).toEqual([1, 1, 1.5, 1, 1, 0, 0, 0, 0, 0]);
    expect(hundredths.slice(20, 27)).toEqual([1, 1, 2, 3, 3, 1, 1]);
    expect(views).toBe(2);
  });

  it("is nothing where nobody played", () => {
    expect(heatmapOf([], 0)).toEqual({ times: Array(10).fill(0), hundredths: Array(100).fill(0), views: 0 });
  });
});
