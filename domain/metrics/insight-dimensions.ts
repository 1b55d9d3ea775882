import { DIMENSIONS, type Dimension } from "./dimensions.ts";

/**
 * What became of a view, not what it was like: a metric's own flag would be the first of its insights, and say nothing.
 * They break down and filter like all others.
 */
const OUTCOMES: ReadonlySet<string> = new Set([
  "ad_playback_failure",
  "content_playback_failure",
  "exit_before_video_start",
  "playback_business_exception",
  "playback_failure",
  "player_error_code",
  "video_startup_business_exception",
  "video_startup_failure",
  "view_dropped",
]);

/** The dimensions among whose values insights look for causes. */
export const INSIGHT_DIMENSIONS: readonly Dimension[] = DIMENSIONS.filter(
  ({ id, groupable }) => groupable && !OUTCOMES.has(id),
);
