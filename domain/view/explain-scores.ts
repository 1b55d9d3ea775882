import {
  type PairScore,
  pairScores,
  QUALITY_WEIGHTS,
  type Scored,
  type Scores,
  STARTUP_HALF_SECONDS,
  smoothnessParts,
} from "./scores.ts";

/** One step of the way to a view's scores, in words and with the view's own numbers. */
export interface ScoreStep {
  /** As docs/metrics.md names it. */
  name: string;
  /** How the number comes about, or why there is none. */
  how: string;
  /** 0..1, rounded nowhere; null where there is none. */
  score: number | null;
}

/** Takes the scores of a record apart, so that a person can follow them: parts first, the whole last. */
export function explainScores(record: Scored & Scores): ScoreStep[] {
  const pairs = pairScores(record);
  return [
    { name: "Playback success", how: successHow(record), score: record.playbackSuccessScore },
    { name: NAMES.startupTimeScore, how: startupHow(record), score: record.startupTimeScore },
    ...smoothnessSteps(record),
    { name: NAMES.videoQualityScore, how: qualityHow(record), score: record.videoQualityScore },
    ...pairs.map((pair) => ({ name: `${NAMES[pair.first]} with ${lower(pair.second)}`, ...pairStep(record, pair) })),
    { name: "Viewer experience", how: experienceHow(record, pairs), score: record.viewerExperienceScore },
  ];
}

const NAMES = {
  startupTimeScore: "Startup time",
  smoothnessScore: "Smoothness",
  videoQualityScore: "Video quality",
} as const;

function lower(score: keyof typeof NAMES): string {
  return NAMES[score].toLowerCase();
}

function successHow({
  counted,
  playbackFailure,
  exitBeforeVideoStart,
  playbackSuccessScore,
  watchMs,
}: Scored & Scores) {
  if (!counted) return "nobody wanted to play: the view counts nowhere";
  if (playbackFailure) return "ended by a technical error";
  if (!exitBeforeVideoStart) return "no technical error ended it";
  const left = `left after ${seconds(watchMs)} without a picture`;
  return playbackSuccessScore === null ? `${left}: too soon to say anything` : left;
}

function startupHow({ startupMs, startupTimeScore }: Scored & Scores): string {
  if (startupTimeScore === null || startupMs === null) return "nobody knows how long the first picture took";
  return `${STARTUP_HALF_SECONDS} ÷ (${STARTUP_HALF_SECONDS} + ${startupMs / 1_000}), startup in seconds`;
}

function smoothnessSteps(record: Scored & Scores): ScoreStep[] {
  const { smoothnessScore: score, rebufferCount, rebufferMs, watchMs } = record;
  if (score === null) return [{ name: NAMES.smoothnessScore, how: "no picture was shown", score }];
  const { count, time } = smoothnessParts(record);
  const lasted = `${seconds(rebufferMs)} ÷ ${seconds(watchMs)} watched`;
  return [
    { name: "Number of stalls", how: `1 ÷ √(1 + (${rebufferCount} ÷ 2)²)`, score: count },
    { name: "Length of stalls", how: rebufferMs === 0 ? "none" : `e^(−10 × ${lasted})`, score: time },
    { name: NAMES.smoothnessScore, how: "mean of the two", score },
  ];
}

function qualityHow({ maxUpscaleRatio, upscaleRatio, videoQualityScore }: Scored & Scores): string {
  if (videoQualityScore === null || maxUpscaleRatio === null || upscaleRatio === null) {
    return "no picture, or nobody told how far it was stretched";
  }
  const { factor, largest, average } = QUALITY_WEIGHTS;
  const [most, mean] = [percent(maxUpscaleRatio), percent(upscaleRatio)];
  return `e^(−${factor} × (${largest} × ${most} at most + ${average} × ${mean} on average)), stretched`;
}

function pairStep(record: Scores, { first, second, weight, score }: PairScore): Omit<ScoreStep, "name"> {
  const [one, other] = [record[first], record[second]];
  if (one === null && other === null) return { how: "neither has a score", score };
  if (one === null || other === null) return { how: `${lower(one === null ? second : first)} alone`, score };
  return { how: `${digits(one)}^${weight} × ${digits(other)}^${digits(1 - weight)}`, score };
}

function experienceHow({ playbackSuccessScore: success }: Scores, pairs: readonly PairScore[]): string {
  if (success === null) return "none without playback success";
  const known = pairs.flatMap(({ score }) => (score === null ? [] : [digits(score)]));
  if (known.length === 0) return "playback success alone";
  return `${digits(success)} for success × (${known.join(" + ")}) ÷ ${known.length}`;
}

/** To three digits behind the point, without noughts at the end. */
function digits(value: number): string {
  return String(Math.round(value * 1_000) / 1_000);
}

function seconds(ms: number): string {
  return `${digits(ms / 1_000)} s`;
}

function percent(ratio: number): string {
  return `${digits(ratio * 100)} %`;
}
