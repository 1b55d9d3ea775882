import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clippedSegments, WHOLE } from "./clip.ts";
import type { Plan } from "./plan.ts";

const TIMESCALE = 30_000;

function planOf(boundaries: readonly number[], pictureEnd = boundaries.at(-1) ?? 0): Plan {
  const video = { kind: "encoded" as const, name: "270p", codecs: "avc1.64001f", peakBitrate: 1, averageBitrate: 1 };
  return {
    version: 2,
    planId: "0123456789abcdef",
    sourceGeneration: 1,
    timescale: TIMESCALE,
    boundaries,
    pictureEnd,
    video: [{ ...video, widthPx: 480, heightPx: 270, frameRate: 25 }],
    audio: [],
  };
}

describe("clippedSegments", () => {
  it("is the whole asset unless a time is given, however short it is", () => {
    expect(clippedSegments(planOf([0, 60_060, 120_120]), WHOLE)).toEqual({ first: 0, end: 2 });
    expect(clippedSegments(planOf([0, 1]), WHOLE)).toEqual({ first: 0, end: 1 });
  });

  it("has nothing after the last picture", () => {
    const plan = planOf([0, 60_000, 120_000, 240_000], 120_000);
    expect(clippedSegments(plan, { startSeconds: 3.9, endSeconds: null })).toEqual({ first: 1, end: 3 });
    expect(clippedSegments(plan, { startSeconds: 4, endSeconds: null })).toBeNull();
    expect(clippedSegments({ ...plan, video: [] }, { startSeconds: 4, endSeconds: null })).toEqual({
      first: 2,
      end: 3,
    });
  });

  it("covers every moment of the clip, and no segment beside it", () => {
    const lengths = fc.array(fc.integer({ min: 100, max: 300_000 }), { minLength: 1, maxLength: 50 });
    const ratio = fc.double({ min: 0, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(lengths, ratio, ratio, (ticks, from, part) => {
        const boundaries = [0];
        for (const length of ticks) boundaries.push((boundaries.at(-1) ?? 0) + length);
        const seconds = (boundaries.at(-1) ?? 0) / TIMESCALE;
        const startSeconds = seconds * from;
        const endSeconds = startSeconds + (seconds - startSeconds) * part + 0.01;
        const range = clippedSegments(planOf(boundaries), { startSeconds, endSeconds });
        if (range === null) {
          expect(startSeconds).toBeGreaterThan(seconds - 0.001);
          return; // nothing: fast-check takes what an assertion gives back for the verdict
        }
        const [begin = 0, end = 0] = [boundaries[range.first], boundaries[range.end]].map(
          (at) => (at ?? 0) / TIMESCALE,
        );
        expect(begin).toBeLessThanOrEqual(startSeconds + 0.0011);
        expect(end).toBeGreaterThanOrEqual(Math.min(endSeconds, seconds) - 0.0011);
        expect((boundaries[range.first + 1] ?? 0) / TIMESCALE).toBeGreaterThan(startSeconds);
        expect((boundaries[range.end - 1] ?? 0) / TIMESCALE).toBeLessThan(endSeconds);
      }),
    );
  });
});
