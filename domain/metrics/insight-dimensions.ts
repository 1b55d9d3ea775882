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

/** Who watched: one person or one sitting is no cause, and millions of them take longer than all other dimensions together. */
const PERSONS: ReadonlySet<string> = new Set(["view_session_id", "viewer_user_id"]);

/** The dimensions among whose values insights look for causes. */
export const INSIGHT_DIMENSIONS: readonly Dimension[] = DIMENSIONS.filter(
  ({ id, groupable }) => groupable && !OUTCOMES.has(id) && !PERSONS.has(id),
);
