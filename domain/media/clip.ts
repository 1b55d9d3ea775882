import { type Plan, planSeconds } from "./plan.ts";

/** A part of an asset by media time, in seconds; null: from its begin, to its end. */
export interface Clip {
  startSeconds: number | null;
  endSeconds: number | null;
}

export const WHOLE: Clip = { startSeconds: null, endSeconds: null };

/** Less of a segment than this is nothing of it: times come as decimals, boundaries lie on ticks. */
const NOTHING_SECONDS = 0.001;

/**
 * The segments [first, end) that hold any of a clip: whole ones, so that their bytes and URLs are the asset's. Null where the
 * asset has nothing to show in the clip: it begins after the last picture, or after the last sound where there is no picture.
 */
export function clippedSegments(plan: Plan, clip: Clip): { first: number; end: number } | null {
  const begins = plan.boundaries.slice(0, -1).map((ticks) => ticks / plan.timescale);
  const startSeconds = clip.startSeconds ?? 0;
  if (startSeconds > 0 && startSeconds > playableSeconds(plan) - NOTHING_SECONDS) return null;
  const first = startSeconds > 0 ? begins.findLastIndex((seconds) => seconds <= startSeconds + NOTHING_SECONDS) : 0;
  const endSeconds = clip.endSeconds ?? Number.POSITIVE_INFINITY;
  const end = begins.findIndex((seconds) => seconds >= endSeconds - NOTHING_SECONDS);
  return { first, end: end < 0 ? begins.length : Math.max(end, first + 1) };
}

/** Where the last picture ends; where there is none, the last sound. A clip has to begin before. */
export function playableSeconds(plan: Plan): number {
  return plan.video.length > 0 ? plan.pictureEnd / plan.timescale : planSeconds(plan);
}
