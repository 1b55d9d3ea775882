import { describe, expect, it } from "vitest";
import { axisMarks, chartColumns } from "./chart-columns.ts";
import type { Bucket, Picture } from "./timeline.ts";

function bucket(startMs: number, viewers: number, open: boolean): Bucket {
  const nothing = { startup: null, startupFailureRatio: null, exitBeforeStartRatio: null, playbackFailureRatio: null };
  return { startMs, viewers, open, rebufferingRatio: viewers === 0 ? null : 0.05, ...nothing };
}

const picture = (buckets: Bucket[], asOfMs: number) => ({ buckets, asOfMs }) as unknown as Picture;

describe("chartColumns", () => {
  it("lets the provisional line begin where the closed one ends", () => {
    const buckets = [bucket(0, 0, false), bucket(5_000, 4, false), bucket(10_000, 6, true)];
    expect(chartColumns(picture(buckets, 12_000))).toEqual({
      timeSeconds: [5, 10, 12],
      closed: [0, 4, null],
      open: [null, 4, 6],
      rebufferingPercent: [null, 5, 5],
    });
  });

  it("has no provisional part when all is closed, and only that when all is open", () => {
    expect(chartColumns(picture([bucket(0, 3, false)], 9_000)).open).toEqual([3]);
    expect(chartColumns(picture([bucket(0, 3, true)], 9_000))).toMatchObject({ closed: [null], open: [3] });
  });
});

describe("axisMarks", () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [12, [0, 5, 10, 15]],
    [9_800, [0, 5_000, 10_000]],
    [12_481, [0, 5_000, 10_000, 15_000]],
  ])("marks up to %d", (highest, marks) => expect(axisMarks(highest, 3)).toEqual(marks));

  it("never marks parts of a viewer, and always covers the highest", () => {
    for (let highest = 0; highest < 2_000; highest += 7) {
      const marks = axisMarks(highest, 3);
      expect(marks.every(Number.isInteger)).toBe(true);
      expect(marks.at(-1)).toBeGreaterThanOrEqual(highest);
      expect(marks.length).toBeLessThanOrEqual(5);
    }
  });
});
