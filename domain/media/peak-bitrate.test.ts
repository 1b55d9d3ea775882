import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { peakBitrate } from "./peak-bitrate.ts";

const segments = (...rows: [bits: number, seconds: number][]) => rows.map(([bits, seconds]) => ({ bits, seconds }));

describe("peakBitrate", () => {
  it("is that of the heaviest segment", () => {
    expect(peakBitrate(segments([4_000, 4], [8_000, 4], [4_000, 4]))).toBe(2_000);
  });

  it("counts a short one only with its neighbours", () => {
    expect(peakBitrate(segments([4_000, 4], [4_000, 4], [1_000, 0.04]))).toBeCloseTo(5_000 / 4.04);
    expect(peakBitrate(segments([4_000, 2], [2_000, 2], [6_000, 6]))).toBe(1_500); // 2 s is under half of 6 s
  });

  it("is that of the whole where all of it is short, and 0 where nothing is", () => {
    expect(peakBitrate(segments([1_000, 0.04]))).toBe(25_000);
    expect(peakBitrate([])).toBe(0);
    expect(peakBitrate(segments([2_400, 0]))).toBe(0);
  });

  it("never promises less than the mean of what it is made of", () => {
    const row = fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (rows) => {
        const all = segments(...(rows as [number, number][]));
        const sum = (of: "bits" | "seconds") => all.reduce((total, segment) => total + segment[of], 0);
        expect(peakBitrate(all)).toBeGreaterThanOrEqual((sum("bits") / sum("seconds")) * 0.999);
      }),
    );
  });
});
