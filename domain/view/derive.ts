import { overlapMs, totalMs } from "./span.ts";
import type { Timeline } from "./timeline.ts";
import { numberField, type ViewState } from "./view-state.ts";

/** A start-up this long that ends without a frame or an error is an exit; shorter ones are a change of mind. */
const EXIT_MIN_WAIT_MS = 1_000;

/** What Playhead itself works out of a view's events; durations in milliseconds on the client's clock. */
export interface DerivedView {
  /** Someone wanted to see it, or it failed: only such views count (data-api.md §11). */
  counted: boolean;
  /** Server clock, Unix milliseconds. */
  viewStartMs: number;
  viewEndMs: number;
  /** Spent waiting from intent to first frame, without pauses; null without a frame. */
  startupMs: number | null;
  watchMs: number;
  rebufferCount: number;
  rebufferMs: number;
  seekCount: number;
  seekMs: number;
  /** Largest playhead reported, in ms of media. */
  maxPlayheadMs: number;
  /** A fatal technical error ended it, at whatever moment. */
  playbackFailure: boolean;
  /** The same before the first frame. */
  videoStartupFailure: boolean;
  exitBeforeVideoStart: boolean;
}

/** Turns a client time into server time. */
export function serverTime(view: ViewState, viewerTimeMs: number): number {
  return viewerTimeMs + (view.clockOffsetMs ?? 0);
}

/** Newest moment of the client's clock that any event of the view tells of. */
export function lastViewerTimeMs(view: ViewState, timeline: Timeline): number {
  const transition = view.transitions[view.transitions.length - 1]?.viewerTimeMs ?? 0;
  const activity = view.activityMs[view.activityMs.length - 1] ?? 0;
  return Math.max(transition, activity, timeline.endedAtMs ?? 0);
}

export function deriveView(view: ViewState, timeline: Timeline): DerivedView {
  const untilMs = lastViewerTimeMs(view, timeline);
  const viewStartMs = timeline.intentAtMs === null ? view.firstSeenMs : serverTime(view, timeline.intentAtMs);
  const failed = timeline.failure !== null && !timeline.failure.businessException;
  const startupMs = startupMsOf(timeline);
  const watchMs = totalMs(timeline.watching, untilMs);
  return {
    counted: timeline.intentAtMs !== null || view.errors.some((entry) => entry.fatal),
    viewStartMs,
    viewEndMs: Math.max(serverTime(view, untilMs), viewStartMs),
    startupMs,
    watchMs,
    rebufferCount: timeline.rebuffering.length,
    rebufferMs: totalMs(timeline.rebuffering, untilMs),
    seekCount: timeline.seeking.length,
    seekMs: totalMs(timeline.seeking, untilMs),
    maxPlayheadMs: maxPlayhead(view),
    playbackFailure: failed,
    videoStartupFailure: failed && timeline.firstFrameAtMs === null,
    exitBeforeVideoStart: isExit(timeline, untilMs),
  };
}

/** Watch time at the first frame, as the client measures `view_time_to_first_frame` (data-wire.md §6). */
export function startupMsOf({ intentAtMs, firstFrameAtMs, startTold, watching }: Timeline): number | null {
  if (intentAtMs === null || firstFrameAtMs === null || !startTold) return null;
  return overlapMs(watching, intentAtMs, firstFrameAtMs);
}

/** Whether somebody who was gone at `untilMs` had waited, and neither seen a frame nor met an error. */
export function isExit({ failure, firstFrameAtMs, watching }: Timeline, untilMs: number): boolean {
  return failure === null && firstFrameAtMs === null && totalMs(watching, untilMs) >= EXIT_MIN_WAIT_MS;
}

function maxPlayhead(view: ViewState): number {
  const reported = numberField(view, "view_max_playhead_position") ?? 0;
  return view.transitions.reduce((max, { playheadMs }) => Math.max(max, playheadMs), reported);
}
