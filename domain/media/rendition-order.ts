import type { AudioRendition, Plan, VideoRendition } from "./plan.ts";

/**
 * The order in which a multivariant playlist lists renditions unless told otherwise: a middle one first, because players
 * start with the first they read, then the others, highest first.
 *
 * @param video highest first
 */
export function inStartOrder(video: readonly VideoRendition[]): VideoRendition[] {
  const middle = video[Math.floor(video.length / 2)];
  return middle === undefined ? [] : [middle, ...video.filter((rendition) => rendition !== middle)];
}

/** The rendition that a player starts with: whose first segment is worth having before anybody asks. Null without tracks. */
export function listedFirst(plan: Plan): VideoRendition | AudioRendition | null {
  return inStartOrder(plan.video)[0] ?? plan.audio[0] ?? null;
}
