import { describe, expect, it } from "vitest";
import { remainingMs, type TransferSample, transferRate, withSample } from "./transfer-rate.ts";

const collect = (samples: readonly TransferSample[]) =>
  samples.reduce<readonly TransferSample[]>((kept, sample) => withSample(kept, sample), []);

describe("transferRate", () => {
  it("is that of the last seconds alone", () => {
    const slow = [0, 1, 2].map((second) => ({ atMs: second * 1_000, sentBytes: second * 100 }));
    const fast = [3, 5, 7, 9].map((second) => ({ atMs: second * 1_000, sentBytes: 10_000 + second * 5_000 }));
    expect(transferRate(collect([...slow, ...fast]))).toBe(5_000);
  });

  it("is unknown at first", () => {
    expect(transferRate(collect([]))).toBeNull();
    const early = [
      { atMs: 0, sentBytes: 0 },
      { atMs: 100, sentBytes: 90_000 },
    ];
    expect(transferRate(collect(early))).toBeNull();
  });

  it("begins anew when a chunk is sent again, and is never negative", () => {
    const samples = [
      { atMs: 0, sentBytes: 0 },
      { atMs: 1_000, sentBytes: 8_000 },
      { atMs: 2_000, sentBytes: 4_000 },
      { atMs: 3_000, sentBytes: 6_000 },
    ];
    expect(transferRate(collect(samples))).toBe(2_000);
  });
});

describe("remainingMs", () => {
  it("follows the rate, and is unknown without one", () => {
    expect(remainingMs(10_000, 4_000, 2_000)).toBe(3_000);
    expect(remainingMs(10_000, 4_000, 0)).toBeNull();
    expect(remainingMs(10_000, 4_000, null)).toBeNull();
  });
});
