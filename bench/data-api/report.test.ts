import { describe, expect, it } from "vitest";
import { RANGES } from "../queries/ranges.ts";
import { dashboardsLine, type Figure, limitOf, lineOf, missesOf, summaryOf } from "./report.ts";
import type { Run } from "./runs.ts";

const [DAY, MONTH] = RANGES;
const TOLD: Run = { range: DAY, sharesAnswers: false, isJudged: false };
const figure = (ours: Partial<Figure["ours"]>, more: Partial<Figure> = {}): Figure => ({
  ...{ call: "errors", run: { range: MONTH, sharesAnswers: false, isJudged: true }, limitMs: 1_000 },
  ours: { p50Ms: 100, p95Ms: 200, cpuMs: 100, besideCpuMs: 20, ...ours },
  hand: { p50Ms: 100, p95Ms: 200, cpuMs: 100, besideCpuMs: 0 },
  ...more,
});

describe("a figure", () => {
  it("misses its limit at the limit, and what the SQL takes beyond its ratio and what a request takes", () => {
    expect(missesOf(figure({ p95Ms: 999, p50Ms: 140 }))).toEqual([]);
    expect(missesOf(figure({ p95Ms: 1_000 }))).toEqual(["LIMIT"]);
    expect(missesOf(figure({ p50Ms: 141 }))).toEqual(["TIME"]);
  });

  it("is not held against the SQL while others ask", () => {
    expect(missesOf(figure({ p50Ms: 500 }, { run: TOLD }))).toEqual([]);
  });

  it("tells what it missed in its line", () => {
    expect(lineOf(figure({ p50Ms: 150 }))).toMatch(/×1\.50\s+×1\.00\s+<1000\s+errors {2}MISSED TIME$/);
  });

  it("is told without a verdict in a run that is not judged", () => {
    const slow = figure({ p95Ms: 2_000 }, { run: TOLD });
    expect(lineOf(slow)).toMatch(/errors {2}beyond LIMIT$/);
    const { lines, missed } = summaryOf([slow, figure({}), figure({ p95Ms: 2_000 })]);
    expect(missed).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(/MISSED LIMIT, 30 days, 1 at a time, every request asks the store$/),
      expect.stringMatching(/beyond LIMIT, 24 h, 4 at a time, every request asks the store \(told, not judged\)$/),
      "1 of 2 within their limits",
    ]);
  });
});

it("has limits of 300 ms a day, of 1 and 3 s for 30 days", () => {
  const limits = RANGES.map((range) =>
    (["light", "usual", "wide"] as const).map((weight) => limitOf({ weight }, range)),
  );
  expect(limits).toEqual([
    [300, 300, 300],
    [1_000, 1_000, 3_000],
  ]);
});

describe("dashboards", () => {
  it("may cost half as much again as one", () => {
    expect(dashboardsLine(100, { oneCpuMs: 200, manyCpuMs: 300 }).isMissed).toBe(false);
    expect(dashboardsLine(100, { oneCpuMs: 200, manyCpuMs: 301 }).isMissed).toBe(true);
  });

  it("miss where one costs too little to be measured", () => {
    expect(dashboardsLine(100, { oneCpuMs: -10, manyCpuMs: 10 }).isMissed).toBe(true);
  });
});
