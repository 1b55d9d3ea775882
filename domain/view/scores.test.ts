import { describe, expect, it } from "vitest";
import { explainScores } from "./explain-scores.ts";
import { type Scored, scoresOf } from "./scores.ts";

const FLAWLESS: Scored = {
  ...{ counted: true, playbackFailure: false, exitBeforeVideoStart: false, watchMs: 300_000, startupMs: 0 },
  ...{ rebufferCount: 0, rebufferMs: 0, maxUpscaleRatio: 0, upscaleRatio: 0 },
  ...{ videoSourceWidthInitialPx: 640, videoSourceHeightInitialPx: 360 },
};
const scores = (changes: Partial<Scored>) => scoresOf({ ...FLAWLESS, ...changes }, true);

describe("scores", () => {
  it("are all 1 for a flawless view", () => {
    expect(Object.values(scores({}))).toEqual([1, 1, 1, 1, 1]);
  });

  it.each([
    [400, 0.952],
    [2_000, 0.8],
    [8_000, 0.5],
    [20_000, 0.286],
  ])("give a start-up of %i ms %f (published)", (startupMs, score) => {
    expect(scores({ startupMs }).startupTimeScore).toBeCloseTo(score, 3);
  });

  it.each([
    [1, 5_000, 300_000, 0.87],
    [4, 60_000, 1_200_000, 0.527],
  ])("give %i stalls of %i ms in %i ms their smoothness", (rebufferCount, rebufferMs, watchMs, score) => {
    expect(scores({ rebufferCount, rebufferMs, watchMs }).smoothnessScore).toBeCloseTo(score, 3);
  });

  it("give pictures stretched by half 0.848, and a short stretch to three times little", () => {
    expect(scores({ maxUpscaleRatio: 0.5, upscaleRatio: 0.5 }).videoQualityScore).toBeCloseTo(0.848, 3);
    const [short, long] = [30_000, 1_230_000];
    expect(scores({ maxUpscaleRatio: 2, upscaleRatio: (2 * short) / long }).videoQualityScore).toBeCloseTo(0.893, 3);
  });

  it("make the experience of the geometric means of pairs, times success", () => {
    const view = { startupMs: 8_000, rebufferCount: 2, rebufferMs: 30_000, maxUpscaleRatio: 1, upscaleRatio: 1 };
    const { smoothnessScore: sm, startupTimeScore: su, videoQualityScore: q, viewerExperienceScore } = scores(view);
    const t = (a: number | null, b: number | null, w: number) => (a ?? 0) ** w * (b ?? 0) ** (1 - w);
    expect(viewerExperienceScore).toBeCloseTo((t(sm, q, 0.6) + t(sm, su, 0.55) + t(su, q, 0.6)) / 3, 12);
    expect(scores({ ...view, playbackFailure: true }).viewerExperienceScore).toBe(0);
  });

  it("leave a missing one out of its pairs", () => {
    const sound = { videoSourceWidthInitialPx: null, videoSourceHeightInitialPx: null, upscaleRatio: null };
    const { videoQualityScore, smoothnessScore: sm, viewerExperienceScore } = scores({ ...sound, startupMs: null });
    expect(videoQualityScore).toBeNull();
    expect(viewerExperienceScore).toBe(sm);
  });

  it("are those of success alone where no frame was shown", () => {
    const exit = scoresOf({ ...FLAWLESS, exitBeforeVideoStart: true, startupMs: null, watchMs: 5_000 }, false);
    expect(Object.values(exit)).toEqual([0.5, null, null, null, 0.5]);
    const brief = scoresOf({ ...FLAWLESS, exitBeforeVideoStart: true, startupMs: null, watchMs: 900 }, false);
    expect(Object.values(brief)).toEqual([null, null, null, null, null]);
    const failed = scoresOf({ ...FLAWLESS, playbackFailure: true, startupMs: null }, false);
    expect(Object.values(failed)).toEqual([0, null, null, null, 0]);
  });

  it("are none for a view that counts nowhere", () => {
    expect(Object.values(scoresOf({ ...FLAWLESS, counted: false, startupMs: null }, false))).toEqual(
      Array(5).fill(null),
    );
  });
});

describe("explainScores", () => {
  const explained = (changes: Partial<Scored>, firstFrame = true) => {
    const record = { ...FLAWLESS, ...changes };
    return explainScores({ ...record, ...scoresOf(record, firstFrame) });
  };
  const bySaying = (steps: ReturnType<typeof explained>) =>
    steps.map(({ name, how, score }) => `${name}: ${how} = ${score === null ? "none" : score.toFixed(3)}`);

  it("can be followed with a calculator", () => {
    const view = { startupMs: 2_000, rebufferCount: 2, rebufferMs: 30_000, upscaleRatio: 0.5, maxUpscaleRatio: 1 };
    expect(bySaying(explained(view))).toEqual([
      "Playback success: no technical error ended it = 1.000",
      "Startup time: 8 ÷ (8 + 2), startup in seconds = 0.800",
      "Number of stalls: 1 ÷ √(1 + (2 ÷ 2)²) = 0.707",
      "Length of stalls: e^(−10 × 30 s ÷ 300 s watched) = 0.368",
      "Smoothness: mean of the two = 0.537",
      "Video quality: e^(−0.33 × (0.15 × 100 % at most + 0.85 × 50 % on average)), stretched = 0.827",
      "Smoothness with video quality: 0.537^0.6 × 0.827^0.4 = 0.639",
      "Smoothness with startup time: 0.537^0.55 × 0.8^0.45 = 0.643",
      "Startup time with video quality: 0.8^0.6 × 0.827^0.4 = 0.811",
      "Viewer experience: 1 for success × (0.639 + 0.643 + 0.811) ÷ 3 = 0.697",
    ]);
  });

  it("says why there is no score", () => {
    const exit = { startupMs: null, exitBeforeVideoStart: true, watchMs: 5_000 };
    expect(bySaying(explained(exit, false))).toEqual([
      "Playback success: left after 5 s without a picture = 0.500",
      "Startup time: nobody knows how long the first picture took = none",
      "Smoothness: no picture was shown = none",
      "Video quality: no picture, or nobody told how far it was stretched = none",
      "Smoothness with video quality: neither has a score = none",
      "Smoothness with startup time: neither has a score = none",
      "Startup time with video quality: neither has a score = none",
      "Viewer experience: playback success alone = 0.500",
    ]);
    expect(bySaying(explained({ ...exit, watchMs: 900 }, false))).toContain(
      "Viewer experience: none without playback success = none",
    );
    expect(bySaying(explained({ upscaleRatio: null }))).toContain(
      "Smoothness with video quality: smoothness alone = 1.000",
    );
  });
});
