import { explainScores, type ScoreStep } from "../view/explain-scores.ts";
import { type Scored, type Scores, scoresOf } from "../view/scores.ts";

/** A view in words, what counts of it, and what its scores come to. */
export interface ScoreExample {
  view: string;
  score: keyof Scores;
  /** What the reference's own examples say, in hundredths; null where it has none. They are rounded loosely. */
  published: number | null;
  /** 0..1. */
  value: number | null;
}

const PERFECT: Scored = {
  counted: true,
  playbackFailure: false,
  exitBeforeVideoStart: false,
  watchMs: 300_000,
  startupMs: 0,
  rebufferCount: 0,
  rebufferMs: 0,
  maxUpscaleRatio: 0,
  upscaleRatio: 0,
  videoSourceWidthInitialPx: 1_280,
  videoSourceHeightInitialPx: 720,
};

const NOT_STARTED = { startupMs: null, maxUpscaleRatio: null, upscaleRatio: null };
const MIXED = { startupMs: 2_000, rebufferCount: 1, rebufferMs: 5_000, maxUpscaleRatio: 0.5, upscaleRatio: 0.5 };

/** For docs/metrics.md; the check values of data-api.md §4 among them. */
export const SCORE_EXAMPLES: readonly ScoreExample[] = [
  example("ended by a fatal error", "playbackSuccessScore", 0, { playbackFailure: true }),
  example("left after 5 s without a picture", "playbackSuccessScore", 50, exit(5_000), false),
  example("left after 0.5 s without a picture", "playbackSuccessScore", null, exit(500), false),
  example("played", "playbackSuccessScore", 100, {}),
  ...[[0.4, 95] as const, [2, 80] as const, [8, 50] as const, [20, 29] as const].map(([seconds, published]) =>
    example(`first picture after ${seconds} s`, "startupTimeScore", published, { startupMs: seconds * 1_000 }),
  ),
  example("one stall of 5 s in 5 min", "smoothnessScore", 85, { rebufferCount: 1, rebufferMs: 5_000 }),
  example("four stalls of 15 s in 20 min", "smoothnessScore", 54, {
    rebufferCount: 4,
    rebufferMs: 60_000,
    watchMs: 1_200_000,
  }),
  example("stretched by 50 % throughout", "videoQualityScore", 85, { maxUpscaleRatio: 0.5, upscaleRatio: 0.5 }),
  example("stretched by 200 % for 30 s, then 20 min not at all", "videoQualityScore", 92, {
    maxUpscaleRatio: 2,
    upscaleRatio: (2 * 30) / (30 + 20 * 60),
  }),
  example(
    "2 s to the first picture, one stall of 5 s in 5 min, stretched by 50 %",
    "viewerExperienceScore",
    null,
    MIXED,
  ),
  example("the same, of sound alone", "viewerExperienceScore", null, {
    ...MIXED,
    maxUpscaleRatio: null,
    upscaleRatio: null,
  }),
  example("the same, ended by a fatal error", "viewerExperienceScore", null, { ...MIXED, playbackFailure: true }),
  example("left after 5 s without a picture", "viewerExperienceScore", 50, exit(5_000), false),
];

/** The mixed view of the examples, step by step. */
export const EXPLAINED_EXAMPLE: readonly ScoreStep[] = explainScores({
  ...{ ...PERFECT, ...MIXED },
  ...scoresOf({ ...PERFECT, ...MIXED }, true),
});

function exit(watchMs: number): Partial<Scored> {
  return { ...NOT_STARTED, exitBeforeVideoStart: true, watchMs };
}

function example(
  view: string,
  score: keyof Scores,
  published: number | null,
  differences: Partial<Scored>,
  firstFrame = true,
): ScoreExample {
  return { view, score, published, value: scoresOf({ ...PERFECT, ...differences }, firstFrame)[score] };
}
