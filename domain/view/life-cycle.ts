import type { Timeline } from "./timeline.ts";
import type { ViewState } from "./view-state.ts";

/** After this much log time without a new event a view is complete: its row is written, and written again if it changes. */
export const COMPLETE_AFTER_MS = 60_000;
/** After this much without one a view is final: later events are kept as late and change nothing (data-api.md §11). */
export const FINAL_AFTER_MS = 3_600_000;
/**
 * A view that said `viewend` is final sooner. Not at once: its last batch is sent twice in either order, and earlier
 * batches may still be in retry (first retries come within 20 s, data-wire.md §2.6).
 */
export const ENDED_FINAL_AFTER_MS = 300_000;

export type LifeStage = "open" | "complete" | "final";

/** When a view becomes final if nothing more comes, in log time. */
export function finalAtMs(view: ViewState, timeline: Timeline): number {
  return view.lastSeenMs + (timeline.endedAtMs === null ? FINAL_AFTER_MS : ENDED_FINAL_AFTER_MS);
}

/** Where a view stands at a moment of log time. */
export function lifeStage(view: ViewState, timeline: Timeline, nowMs: number): LifeStage {
  if (nowMs >= finalAtMs(view, timeline)) return "final";
  return timeline.endedAtMs !== null || nowMs - view.lastSeenMs >= COMPLETE_AFTER_MS ? "complete" : "open";
}

/** The next moment of log time at which the stage may change without an event. */
export function nextStageAtMs(view: ViewState, timeline: Timeline, stage: LifeStage): number {
  return stage === "open" ? view.lastSeenMs + COMPLETE_AFTER_MS : finalAtMs(view, timeline);
}
