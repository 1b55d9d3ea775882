import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AudioRendition, Plan, VideoRendition } from "../media/plan.ts";
import { segmentSeconds } from "../media/plan.ts";
import { countedSegment } from "./delivered-segment.ts";

const common = { codecs: "", peakBitrate: 0, averageBitrate: 0 };
const video = (widthPx: number, heightPx: number): VideoRendition => {
  return { ...common, kind: "encoded", name: `${heightPx}p`, widthPx, heightPx, frameRate: 25 };
};
const sound = (boundaries: readonly number[]): AudioRendition => {
  const own = { name: "audio", language: null, channels: 2, sampleRate: 48_000, timescale: 48_000, boundaries };
  return { ...common, kind: "copied", trackId: 2, group: "main", label: "Audio", gainDb: 0, ...own };
};
const plan = (change: Partial<Plan> = {}): Plan => ({
  ...{ version: 2, planId: "0123456789abcdef", sourceGeneration: 1, timescale: 30_000 },
  ...{ boundaries: [0, 60_060, 120_120, 300_300], pictureEnd: 300_300, video: [video(1_280, 720)], audio: [] },
  ...change,
});

describe("countedSegment", () => {
  it("counts a picture by its pixels, whichever way it is turned", () => {
    const tierOf = (widthPx: number, heightPx: number) => countedSegment(plan(), video(widthPx, heightPx), 0)?.tier;
    expect([tierOf(1_280, 720), tierOf(720, 1_280), tierOf(1_282, 720), tierOf(1_920, 1_080)]).toEqual([
      "720p",
      "720p",
      "1080p",
      "1080p",
    ]);
    expect([tierOf(2_560, 1_440), tierOf(3_840, 2_160)]).toEqual(["1440p", "2160p"]);
  });

  it("counts sound where there is no picture, and nothing beside one", () => {
    const audio = sound([0, 96_256, 192_512]);
    const alone = plan({ video: [], pictureEnd: 0, audio: [audio] });
    expect(countedSegment(alone, audio, 1)).toEqual({ tier: "audio-only", lengthMs: 2_006 });
    expect(countedSegment(plan({ audio: [audio] }), audio, 1)).toBeNull();
  });

  it("counts nothing of a test", () => {
    expect(countedSegment(plan({ test: { shownSeconds: 10 } }), video(1_280, 720), 0)).toBeNull();
    expect(countedSegment(plan(), video(1_280, 720), 0)).not.toBeNull();
  });

  it("counts nothing for segments that are none", () => {
    const short = plan({ pictureEnd: 120_120 });
    expect([2, 3, 99].map((segment) => countedSegment(short, video(1_280, 720), segment))).toEqual([null, null, null]);
  });

  it("counts the asset's length for all segments, to a millisecond", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 10_000, max: 90_000 }), (ticks, timescale) => {
        const boundaries = [0];
        for (const length of ticks) boundaries.push((boundaries.at(-1) ?? 0) + length);
        const whole = plan({ timescale, boundaries, pictureEnd: boundaries.at(-1) ?? 0 });
        const rendition = video(1_280, 720);
        const counted = ticks.map((_, segment) => countedSegment(whole, rendition, segment)?.lengthMs ?? 0);
        const exactMs = segmentSeconds(whole, rendition).reduce((sum, seconds) => sum + seconds, 0) * 1_000;
        expect(Math.abs(counted.reduce((sum, ms) => sum + ms, 0) - exactMs)).toBeLessThan(0.6);
      }),
    );
  });
});
