import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { peakBitrate } from "./peak-bitrate.ts";
import type { Plan, VideoRendition } from "./plan.ts";
import { promisedRates } from "./promised-rates.ts";

const TIMESCALE = 10_000;
const CEILING = 1_000_000;

function planOf(boundaries: readonly number[], change: Partial<VideoRendition>): { plan: Plan; video: VideoRendition } {
  const video: VideoRendition = {
    kind: "encoded",
    name: "480p",
    codecs: "avc1.64001f",
    peakBitrate: 1_450_000,
    averageBitrate: CEILING,
    widthPx: 854,
    heightPx: 480,
    frameRate: 25,
    ...change,
  };
  const plan: Plan = {
    version: 2,
    planId: "0123456789abcdef",
    sourceGeneration: 1,
    timescale: TIMESCALE,
    boundaries,
    pictureEnd: boundaries.at(-1) ?? 0,
    video: [video],
    audio: [],
  };
  return { plan, video };
}

describe("promisedRates", () => {
  it("adds the boxes to the rates of an encoder, and to the mean of what is copied, whose peak is with them", () => {
    const boundaries = [0, 20_000, 40_000, 80_000];
    const average = CEILING + 3_200 + (3 * 2_400) / 8;
    const encoded = planOf(boundaries, {});
    expect(promisedRates(encoded.plan, encoded.video)).toEqual({ peak: 1_450_000 + 3_200 + 1_200, average });
    const copied = planOf(boundaries, { kind: "copied" });
    expect(promisedRates(copied.plan, copied.video)).toEqual({ peak: 1_450_000, average });
  });

  it("never promises a mean above the peak", () => {
    const { plan, video } = planOf([0, 20_000, 40_000, 80_000], { kind: "copied", peakBitrate: CEILING });
    expect(promisedRates(plan, video)).toEqual({ peak: CEILING, average: CEILING });
  });

  it("promises the peak alone for a part of what is copied", () => {
    const { plan, video } = planOf([0, 20_000, 40_000, 80_000], { kind: "copied" });
    const clip = { startSeconds: 3, endSeconds: null };
    expect(promisedRates(plan, video, clip)).toEqual({ peak: 1_450_000, average: 1_450_000 });
  });

  it("holds for every clip of a film that holds its plan's peak, also of its short last segment alone", () => {
    const bits = fc.integer({ min: 1, max: 1e8 });
    const usual = fc.record({ ticks: fc.integer({ min: 36_000, max: 44_000 }), bits });
    const last = fc.record({ ticks: fc.integer({ min: 400, max: 15_000 }), bits });
    const films = fc
      .tuple(fc.array(usual, { minLength: 1, maxLength: 12 }), last)
      .map(([begin, end]) => [...begin, end]);
    const at = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(films, at, at, (segments, one, other) => {
        const boundaries = [0];
        for (const { ticks } of segments) boundaries.push((boundaries.at(-1) ?? 0) + ticks);
        const weights = segments.map(({ ticks, bits }) => ({ seconds: ticks / TIMESCALE, bits }));
        const { plan, video } = planOf(boundaries, { kind: "copied", peakBitrate: peakBitrate(weights) });
        const seconds = (boundaries.at(-1) ?? 0) / TIMESCALE;
        const clip = {
          startSeconds: Math.min(one, other) * seconds,
          endSeconds: Math.max(one, other) * seconds + 0.01,
        };
        const begins = boundaries.slice(0, -1).map((ticks) => ticks / TIMESCALE);
        const inside = weights.filter(
          (weight, n) =>
            (begins[n] ?? 0) + weight.seconds > clip.startSeconds + 0.002 && (begins[n] ?? 0) < clip.endSeconds - 0.002,
        );
        fc.pre(inside.length > 0);
        const target = Math.max(1, ...weights.map((weight) => Math.round(weight.seconds)));
        expect(promisedRates(plan, video, clip).peak).toBeGreaterThanOrEqual(Math.floor(peakBitrate(inside, target)));
      }),
    );
  });
});
