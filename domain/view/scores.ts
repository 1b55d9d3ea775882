import { EXIT_MIN_WAIT_MS } from "./startup.ts";
import type { ViewRecord } from "./view-record.ts";

/** A start-up of this length scores 0.5. */
export const STARTUP_HALF_SECONDS = 8;
/** The picture's score is e^(−factor × (largest × largest stretch + average × average stretch)). */
export const QUALITY_WEIGHTS = { factor: 0.33, largest: 0.15, average: 0.85 } as const;

/**
 * How two scores make one: a^weight × b^(1 − weight). The reference leaves this function open; the weights follow its order
 * of importance: smoothness, then start-up, then picture (docs/metrics.md).
 */
const PAIRS = [
  { first: "smoothnessScore", second: "videoQualityScore", weight: 0.6 },
  { first: "smoothnessScore", second: "startupTimeScore", weight: 0.55 },
  { first: "startupTimeScore", second: "videoQualityScore", weight: 0.6 },
] as const;

export type Scores = Pick<
  ViewRecord,
  "playbackSuccessScore" | "startupTimeScore" | "smoothnessScore" | "videoQualityScore" | "viewerExperienceScore"
>;

type PartScores = Omit<Scores, "viewerExperienceScore">;

/** What scores are made of. */
export type Scored = Pick<
  ViewRecord,
  | "counted"
  | "playbackFailure"
  | "exitBeforeVideoStart"
  | "watchMs"
  | "startupMs"
  | "rebufferCount"
  | "rebufferMs"
  | "maxUpscaleRatio"
  | "upscaleRatio"
  | "videoSourceWidthInitialPx"
  | "videoSourceHeightInitialPx"
>;

/** Scores of one view, 0..1 (data-api.md §4). @param firstFrame whether one was shown, of content or of an ad */
export function scoresOf(record: Scored, firstFrame: boolean): Scores {
  const parts: PartScores = {
    playbackSuccessScore: successScore(record),
    startupTimeScore: firstFrame ? startupScore(record.startupMs) : null,
    smoothnessScore: firstFrame ? smoothnessScore(record) : null,
    videoQualityScore: firstFrame && hasPicture(record) ? qualityScore(record) : null,
  };
  return { ...parts, viewerExperienceScore: experienceScore(parts) };
}

function successScore({ counted, playbackFailure, exitBeforeVideoStart, watchMs }: Scored): number | null {
  if (!counted) return null;
  if (playbackFailure) return 0;
  if (!exitBeforeVideoStart) return 1;
  return watchMs < EXIT_MIN_WAIT_MS ? null : 0.5;
}

function startupScore(startupMs: number | null): number | null {
  return startupMs === null ? null : STARTUP_HALF_SECONDS / (STARTUP_HALF_SECONDS + startupMs / 1_000);
}

/** The two halves of smoothness: how often it stalled, and which share of the time. */
export function smoothnessParts({ rebufferCount, rebufferMs, watchMs }: Scored): { count: number; time: number } {
  const share = watchMs > 0 ? rebufferMs / watchMs : 0;
  return { count: 1 / Math.sqrt(1 + (rebufferCount / 2) ** 2), time: Math.exp(-10 * share) };
}

function smoothnessScore(record: Scored): number {
  const { count, time } = smoothnessParts(record);
  return (count + time) / 2;
}

/** Sound alone has neither a size nor anything to stretch, though its client may tell that it stretched by 0. */
function hasPicture(record: Scored): boolean {
  const { videoSourceWidthInitialPx: width, videoSourceHeightInitialPx: height } = record;
  return width !== null || height !== null || (record.maxUpscaleRatio ?? 0) > 0;
}

/** Null where nobody told how far the picture was stretched: a view cut off soon would else be a perfect one. */
function qualityScore({ maxUpscaleRatio, upscaleRatio }: Scored): number | null {
  if (maxUpscaleRatio === null || upscaleRatio === null) return null;
  const { factor, largest, average } = QUALITY_WEIGHTS;
  return Math.exp(-factor * (largest * maxUpscaleRatio + average * upscaleRatio));
}

type PairedScore = (typeof PAIRS)[number]["first" | "second"];

/** One of the three pairs; a score that is missing leaves the other alone. */
export interface PairScore {
  first: PairedScore;
  second: PairedScore;
  /** Of the first: 0..1. */
  weight: number;
  /** Null when both are missing. */
  score: number | null;
}

export function pairScores(parts: PartScores): PairScore[] {
  return PAIRS.map((pair) => ({ ...pair, score: tradeOff(parts[pair.first], parts[pair.second], pair.weight) }));
}

function tradeOff(first: number | null, second: number | null, weight: number): number | null {
  if (first === null || second === null) return first ?? second;
  return first ** weight * second ** (1 - weight);
}

/** Success multiplies the mean of the pairs; alone it is the score of a view that never started. */
function experienceScore(parts: PartScores): number | null {
  const { playbackSuccessScore: success } = parts;
  if (success === null) return null;
  const known = pairScores(parts).flatMap(({ score }) => (score === null ? [] : [score]));
  return known.length === 0 ? success : (success * known.reduce((sum, score) => sum + score, 0)) / known.length;
}
