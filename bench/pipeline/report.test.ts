import { describe, expect, it } from "vitest";
import type { PipelineResult } from "./pipeline-run.ts";
import { misses } from "./report.ts";

const DISTRIBUTION = { count: 180, p50: 300, p95: 600, p99: 900, max: 1_200 };
const NOTHING = { edge: 0, views: 0, clickhouse: 0, generator: 0, bench: 0 };

/** 20,000 viewers for three minutes, sustained. */
const SUSTAINED: PipelineResult = {
  viewers: 20_000,
  latency: DISTRIBUTION,
  delay: DISTRIBUTION,
  lostMarks: [],
  differences: [],
  spent: { seconds: 180, requestsPerSecond: 2_190, cpuMicrosPerRequest: NOTHING, cores: NOTHING, loadAverage: 2 },
  truth: {
    ...{ requests: 500_000, failed: 0, lost: 0, bodyBytes: 1, events: 1, repeatedEvents: 0, views: 40_000 },
    ...{ answerP99Ms: 50, latenessP99Ms: 25 },
  },
};

const withSpent = (requestsPerSecond: number) => ({ ...SUSTAINED, spent: { ...SUSTAINED.spent, requestsPerSecond } });

describe("misses", () => {
  it("has none when so many viewers are sustained", () => {
    expect(misses(SUSTAINED)).toEqual([]);
  });

  it("does not call it sustained when requests wait inside the generator, however quick the marks are", () => {
    const truth = { ...SUSTAINED.truth, latenessP99Ms: 12_000 };
    expect(misses({ ...SUSTAINED, truth })).toEqual([expect.stringContaining("left p99 12000 ms late")]);
  });

  it("does not call it sustained when fewer requests came than so many viewers make, or far more", () => {
    expect(misses(withSpent(1_800))).toEqual(["1800 requests/s, a beacon each 10 s makes 2000"]);
    expect(misses(withSpent(2_900))).toHaveLength(1);
    expect(misses(withSpent(Number.NaN))).toHaveLength(1);
  });
});
