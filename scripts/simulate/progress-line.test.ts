import { describe, expect, it } from "vitest";
import { createProgressLine } from "./progress-line.ts";
import type { Progress } from "./run.ts";

const PROGRESS: Progress = {
  requests: 10,
  acknowledged: 10,
  refused: 0,
  unanswered: 0,
  events: 60,
  bodyBytes: 40_000,
  elapsedMs: 40_000,
  totalMs: 105_000,
  watching: 50,
  requestsPerSecond: 9.6,
  lastError: null,
};

describe("createProgressLine", () => {
  it("shows viewers as a picture, what goes wrong, and the time left", () => {
    const incident = {
      kind: "rebuffer",
      dimension: "cdn",
      value: "fastly",
      durationMs: 20_000,
      startMs: null,
    } as const;
    const line = createProgressLine(100, [incident], 30_000);
    expect(line(PROGRESS).trim()).toBe(
      "▅ 50 watching · 10 beacons/s · all accepted · ! rebuffer cdn=fastly · 1:05 left",
    );
    const later = { ...PROGRESS, elapsedMs: 104_500, watching: 101, refused: 2, lastError: "HTTP 503" };
    expect(line(later).trim()).toBe("▅█ 101 watching · 10 beacons/s · 2 not accepted (HTTP 503) · 0:01 left");
  });
});
