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
  it("shows the parts that the scores are made of", () => {
    const record = { ...FLAWLESS, startupMs: 2_000, rebufferCount: 2, rebufferMs: 30_000, upscaleRatio: 0.5 };
    const explained = explainScores({ ...record, ...scoresOf(record, true) });
    const { smoothness, startup, quality, pairs, success, viewerExperience } = explained;
    expect(smoothness?.score).toBeCloseTo(((smoothness?.count ?? 0) + (smoothness?.time ?? 0)) / 2, 12);
    expect(smoothness).toMatchObject({ rebufferCount: 2, rebufferRatio: 0.1 });
    expect([startup?.seconds, startup?.score]).toEqual([2, 0.8]);
    expect(quality).toMatchObject({ averageUpscaleRatio: 0.5, maxUpscaleRatio: 0 });
    expect(pairs.map(({ weight }) => weight)).toEqual([0.6, 0.55, 0.6]);
    const mean = pairs.reduce((sum, { score }) => sum + (score ?? 0), 0) / 3;
    expect(viewerExperience).toBeCloseTo((success.score ?? 0) * mean, 12);
  });

  it("is silent where there is no score", () => {
    const record = { ...FLAWLESS, startupMs: null, exitBeforeVideoStart: true };
    expect(explainScores({ ...record, ...scoresOf(record, false) })).toMatchObject({
      ...{ startup: null, smoothness: null, quality: null, viewerExperience: 0.5 },
      success: { score: 0.5, exitBeforeVideoStart: true },
    });
  });
});
