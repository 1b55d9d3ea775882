import { describe, expect, it } from "vitest";
import { subviewSeries } from "./subview-series.ts";

const HOUR_MS = 3_600_000;
const [fromMs, toMs] = [Date.UTC(2026, 4, 5, 10), Date.UTC(2026, 4, 5, 13)];
const series = { fromMs, toMs, granularity: "hour", timeZone: "UTC" } as const;
const row = (start_ms: number, height: string, metric_value: number) => {
  return { start_ms, breakdown_values: [height], metric_value };
};
const rows = [row(fromMs, "1080", 7), row(fromMs, "720", 9), row(fromMs + 2 * HOUR_MS, "1080", 1)];
const later = (hours: number) => fromMs + hours * HOUR_MS;

describe("subviewSeries", () => {
  it("keeps several values of a bucket in their order, and has buckets without any", () => {
    const { buckets } = subviewSeries(rows, series, later(100));
    expect(buckets.map(({ startMs, values }) => [startMs, values])).toEqual([
      [
        later(0),
        [
          { breakdown_values: ["1080"], metric_value: 7 },
          { breakdown_values: ["720"], metric_value: 9 },
        ],
      ],
      [later(1), []],
      [later(2), [{ breakdown_values: ["1080"], metric_value: 1 }]],
    ]);
  });

  it("calls a bucket complete a day and an hour after its end, not sooner", () => {
    const soon = subviewSeries(rows, series, later(2 + 25));
    expect(soon.buckets.map(({ status }) => status)).toEqual(["complete", "partial", "partial"]);
    expect(soon.completeThroughMs).toBe(later(2) - 1_000);
    const past = subviewSeries(rows, series, later(2 + 25) + 1);
    expect(past.buckets.map(({ status }) => status)).toEqual(["complete", "complete", "partial"]);
    expect(past.completeThroughMs).toBe(later(2));
  });

  it("says up to when all is complete where no bucket of the range is, and where all are", () => {
    const { buckets, completeThroughMs } = subviewSeries(rows, series, later(3));
    expect([buckets[0]?.status, completeThroughMs]).toEqual(["partial", later(-22) - 1_000]);
    expect(subviewSeries(rows, series, later(100) + 1).completeThroughMs).toBe(later(75));
  });

  it("leaves out what lies in the future", () => {
    expect(subviewSeries([], series, later(1)).buckets.map(({ startMs }) => startMs)).toEqual([later(0)]);
    expect(subviewSeries([], series, later(1) + 1).buckets).toHaveLength(2);
  });
});
