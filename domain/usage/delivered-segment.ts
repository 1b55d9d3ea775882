import { type ResolutionTier, resolutionTier } from "../asset/picture-shape.ts";
import { type AudioRendition, type Plan, segmentSpan, type VideoRendition } from "../media/plan.ts";

/** What handing out a segment counts for. */
export interface CountedSegment {
  tier: ResolutionTier;
  lengthMs: number;
}

/**
 * Null where it counts for nothing: sound beside a picture is part of watching that picture, and would count it twice; tests are
 * free. Lengths are differences of rounded ends, so that their sum is right.
 */
export function countedSegment(
  plan: Plan,
  rendition: VideoRendition | AudioRendition,
  segment: number,
): CountedSegment | null {
  const isSound = "channels" in rendition;
  const span = segmentSpan(plan, rendition, segment);
  if (span === null || plan.test !== undefined || (isSound && plan.video.length > 0)) return null;
  const lengthMs = Math.round(span.endSeconds * 1_000) - Math.round(span.startSeconds * 1_000);
  return { tier: resolutionTier(isSound ? null : rendition), lengthMs };
}
