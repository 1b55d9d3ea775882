import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_ATTEMPTS, RETRIED_FOR_MS, retryDelayMs } from "./back-off.ts";

/** When each attempt of an endpoint that never takes anything begins, in milliseconds after the first. */
function attemptsOf(tookMs: () => number, random: () => number): number[] {
  const times = [0];
  for (;;) {
    const elapsedMs = (times.at(-1) ?? 0) + tookMs();
    const delayMs = retryDelayMs(times.length, elapsedMs, random());
    if (delayMs === null) return times;
    times.push(elapsedMs + delayMs);
  }
}

describe("retryDelayMs", () => {
  it("doubles from five seconds to four hours, and ends after three days", () => {
    const times = attemptsOf(
      () => 0,
      () => 0,
    );
    const seconds = times.slice(1).map((time, at) => (time - (times[at] ?? 0)) / 1_000);
    expect(seconds.slice(0, 13)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 10_240, 14_400]);
    expect(new Set(seconds.slice(12))).toEqual(new Set([14_400]));
    expect(times).toHaveLength(MAX_ATTEMPTS);
    expect(RETRIED_FOR_MS - (times.at(-1) ?? 0)).toBeLessThan(4 * 3_600_000);
  });

  it("never lets an endpoint be tried later than three days, nor more often than is told", () => {
    const chance = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
    const tookMs = fc.infiniteStream(fc.integer({ min: 0, max: 3_600_000 }));
    fc.assert(
      fc.property(tookMs, chance, (took, random) => {
        const times = attemptsOf(
          () => took.next().value,
          () => random.next().value,
        );
        expect(times.at(-1)).toBeLessThanOrEqual(RETRIED_FOR_MS);
        expect(times.length).toBeLessThanOrEqual(MAX_ATTEMPTS);
        expect(times.length).toBeGreaterThan(MAX_ATTEMPTS / 2);
      }),
    );
  });

  it("spreads by chance what failed together", () => {
    expect([retryDelayMs(1, 0, 0), retryDelayMs(1, 0, 0.5)]).toEqual([5_000, 5_500]);
  });
});
