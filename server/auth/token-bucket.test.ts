import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenBuckets } from "./token-bucket.ts";

describe("TokenBuckets", () => {
  it("allows the burst at once, then the sustained rate, and says when the next is allowed", () => {
    const buckets = new TokenBuckets({ perSecond: 2, burst: 3 });
    const takes = Array.from({ length: 4 }, () => buckets.take("token", 1_000));
    expect(takes.map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
    ]);
    expect(takes[3]).toMatchObject({ retryAfterSeconds: 0.5, resetSeconds: 1.5 });
    expect(buckets.take("token", 1_499).isAllowed).toBe(false);
    expect(buckets.take("token", 1_500).isAllowed).toBe(true);
  });

  it("keeps callers apart and survives a clock that goes back", () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
    expect(buckets.take("one", 5_000).isAllowed).toBe(true);
    expect(buckets.take("two", 5_000).isAllowed).toBe(true);
    expect(buckets.take("one", 1_000).isAllowed).toBe(false);
    expect(buckets.take("one", 2_000).isAllowed).toBe(true);
  });

  it("never lets more through than burst + rate × time", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }), (gapsMs) => {
        const buckets = new TokenBuckets({ perSecond: 5, burst: 10 });
        let nowMs = 0;
        let allowed = 0;
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          if (buckets.take("token", nowMs).isAllowed) allowed += 1;
        }
        expect(allowed).toBeLessThanOrEqual(10 + (5 * nowMs) / 1_000 + 1e-6);
      }),
    );
  });
});
