import { type Clip, clippedSegments } from "./clip.ts";
import { type AudioRendition, type Plan, renditionBoundaries, type VideoRendition } from "./plan.ts";

/** A segment as manifests list it. */
export interface ListedSegment {
  /** Its number in the plan, and in its URL. */
  segment: number;
  /** [start, end) in the rendition's ticks. */
  start: number;
  end: number;
}

/**
 * The segments of a clip that a rendition has something in, in order; often all of the plan. None where its track has nothing
 * there: the sound ends before.
 */
export function listedSegments(plan: Plan, rendition: VideoRendition | AudioRendition, clip: Clip): ListedSegment[] {
  const range = clippedSegments(plan, clip);
  if (range === null) return [];
  const { boundaries } = renditionBoundaries(plan, rendition);
  const listed: ListedSegment[] = [];
  for (let segment = range.first; segment < range.end; segment += 1) {
    const [start = 0, end = 0] = boundaries.slice(segment, segment + 2);
    if (end > start) listed.push({ segment, start, end });
  }
  return listed;
}
