import { type PairScore, pairScores, type Scored, type Scores, smoothnessParts } from "./scores.ts";

/** A view's scores in the parts that they are made of, so that a person can follow them; all 0..1 unless said otherwise. */
export interface ScoreExplanation {
  success: { score: number | null; playbackFailure: boolean; exitBeforeVideoStart: boolean };
  startup: { score: number; seconds: number } | null;
  /** `count` tells of how often it stalled, `time` of the share of watching; the score is their mean. */
  smoothness: { score: number; count: number; time: number; rebufferCount: number; rebufferRatio: number } | null;
  /** Upscale ratios: 1 is twice the size. */
  quality: { score: number; maxUpscaleRatio: number; averageUpscaleRatio: number } | null;
  /** The mean of their scores, times success, is the viewer experience. */
  pairs: PairScore[];
  viewerExperience: number | null;
}

/** Takes the scores of a record apart. A part without a score is null. */
export function explainScores(record: Scored & Scores): ScoreExplanation {
  const { playbackFailure, exitBeforeVideoStart, rebufferCount, rebufferMs, watchMs } = record;
  const { startupTimeScore: startup, smoothnessScore: smoothness, videoQualityScore: quality } = record;
  return {
    success: { score: record.playbackSuccessScore, playbackFailure, exitBeforeVideoStart },
    startup: startup === null ? null : { score: startup, seconds: (record.startupMs ?? 0) / 1_000 },
    smoothness:
      smoothness === null
        ? null
        : {
            score: smoothness,
            ...smoothnessParts(record),
            rebufferCount,
            rebufferRatio: watchMs > 0 ? rebufferMs / watchMs : 0,
          },
    quality:
      quality === null
        ? null
        : {
            score: quality,
            maxUpscaleRatio: record.maxUpscaleRatio ?? 0,
            averageUpscaleRatio: record.upscaleRatio ?? 0,
          },
    pairs: pairScores(record),
    viewerExperience: record.viewerExperienceScore,
  };
}
