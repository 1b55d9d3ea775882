import { describe, expect, it } from "vitest";
import { histogramPoints } from "./startup-histogram.ts";

const MINUTE = 1_800_000_000_000;

describe("histogramPoints", () => {
  it("shares the starts of a minute among the bars and says which is highest", () => {
    const row = { start_ms: MINUTE, counts: [0, 3, 0, 1, 0, 0, 0], average_ms: 700, median_ms: 450, p95_ms: 1_400 };
    const [point] = histogramPoints([row], MINUTE, MINUTE + 60_000);
    expect(point).toMatchObject({ sum: 4, medianMs: 450, p95Ms: 1_400, averageMs: 700, maxShare: 0.75 });
    expect(point?.bars.map(({ share }) => share)).toEqual([0, 0.75, 0, 0.25, 0, 0, 0]);
  });

  it("leaves no minute out, and says null where nobody started", () => {
    const points = histogramPoints([], MINUTE, MINUTE + 1_800_000);
    expect(points).toHaveLength(30);
    expect(points[29]).toMatchObject({ startMs: MINUTE + 1_740_000, sum: 0, medianMs: null, maxShare: null });
    expect(points[0]?.bars).toHaveLength(7);
  });
});
