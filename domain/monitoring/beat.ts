import { toldAmount } from "../view/record/told.ts";
import { overlapMs, spanAt } from "../view/span.ts";
import { isExit, startupMsOf } from "../view/startup.ts";
import type { Timeline } from "../view/timeline.ts";
import type { ViewState } from "../view/view-state.ts";
import { BUCKET_MS } from "./socket-wire.ts";

/** Nobody counts as watching longer than this after the last event: healthy players may be silent for 20 s. */
export const SILENCE_LIMIT_MS = 30_000;
/** Nor while one stall lasts longer than this (data-api.md §7). */
const STALL_LIMIT_MS = 300_000;

/** What one view adds to one 5-second bucket. A function of the view's events and the bucket alone. */
export interface Beat {
  /** Bucket start, server clock, Unix milliseconds; a multiple of 5,000. */
  bucketMs: number;
  /** At the bucket's end. */
  concurrent: boolean;
  /** Waits for its first frame at the bucket's end. */
  startingUp: boolean;
  watchMs: number;
  rebufferMs: number;
  /** Was starting up at some time in the bucket, or failed to. */
  startAttempt: boolean;
  /** First frame in this bucket: how long it took. */
  startupMs: number | null;
  startupFailure: boolean;
  exitBeforeStart: boolean;
  /** Ended by a fatal technical error in this bucket, at start-up or later. */
  playbackFailure: boolean;
  /** Of the rendition at the bucket's end, bit/s; 0 where nobody told. */
  bitrate: number;
}

export function bucketOf(serverTimeMs: number): number {
  return Math.floor(serverTimeMs / BUCKET_MS) * BUCKET_MS;
}

/**
 * The view's share of a bucket; null when it has none. What is not known yet (the bucket's end lies ahead, or the next
 * batch is on its way) is taken to go on as it is, so that a steady viewer's beat needs no correction.
 */
export function beatOf(view: ViewState, timeline: Timeline, bucketMs: number): Beat | null {
  const offsetMs = view.clockOffsetMs ?? 0;
  const fromMs = bucketMs - offsetMs; // on the client's clock from here on
  const toMs = fromMs + BUCKET_MS;
  const silentFromMs = lastActivityBefore(view, toMs) + SILENCE_LIMIT_MS;
  const failedAtMs = timeline.failure?.viewerTimeMs ?? Number.POSITIVE_INFINITY;
  const untilMs = Math.max(fromMs, Math.min(toMs, silentFromMs, failedAtMs));

  const technicalFailure = timeline.failure !== null && !timeline.failure.businessException;
  const failedNow = technicalFailure && failedAtMs >= fromMs && failedAtMs < toMs;
  const startedNow = within(timeline.firstFrameAtMs, fromMs, toMs);
  const startingMs = overlapMs(startingSpan(timeline, failedAtMs), fromMs, untilMs);
  const exitedNow = within(timeline.endedAtMs, fromMs, toMs) && isExit(timeline, toMs);
  const concurrent = untilMs === toMs && isWatchingAt(timeline, toMs);
  const startupMs = startedNow ? startupMsOf(timeline) : null;
  const beat: Beat = {
    bucketMs,
    concurrent,
    startingUp: concurrent && (timeline.firstFrameAtMs === null || timeline.firstFrameAtMs > toMs),
    watchMs: Math.round(overlapMs(timeline.watching, fromMs, untilMs)),
    rebufferMs: Math.round(overlapMs(timeline.rebuffering, fromMs, untilMs)),
    startAttempt: startingMs > 0 || (failedNow && timeline.firstFrameAtMs === null),
    startupMs: startupMs === null ? null : Math.round(startupMs),
    startupFailure: failedNow && timeline.firstFrameAtMs === null,
    exitBeforeStart: exitedNow,
    playbackFailure: failedNow,
    bitrate: bitrateAt(view, toMs),
  };
  const empty = !concurrent && beat.watchMs === 0 && !failedNow && !startedNow && !exitedNow;
  return empty ? null : beat;
}

function isWatchingAt(timeline: Timeline, atMs: number): boolean {
  if (timeline.failure !== null && timeline.failure.viewerTimeMs <= atMs) return false;
  if (spanAt(timeline.watching, atMs) === null) return false;
  const stall = spanAt(timeline.rebuffering, atMs);
  return stall === null || atMs - stall.startMs <= STALL_LIMIT_MS;
}

/** From intent to whatever ended the waiting. */
function startingSpan(timeline: Timeline, failedAtMs: number): { startMs: number; endMs: number | null }[] {
  if (timeline.intentAtMs === null) return [];
  const ends = [timeline.firstFrameAtMs, timeline.endedAtMs].filter((time) => time !== null);
  const endMs = Math.min(...ends, failedAtMs);
  return [{ startMs: timeline.intentAtMs, endMs: Number.isFinite(endMs) ? endMs : null }];
}

/** What was told last before a moment of the client's clock. The newest is read from its field: marks are limited. */
function bitrateAt(view: ViewState, atMs: number): number {
  let isNewest = true;
  for (let at = view.marks.length - 1; at >= 0; at -= 1) {
    const mark = view.marks[at] as ViewState["marks"][number];
    if (mark.bitrate === undefined) continue;
    if (mark.viewerTimeMs < atMs) return isNewest ? newestBitrate(view) : mark.bitrate;
    isNewest = false;
  }
  return isNewest ? newestBitrate(view) : 0;
}

const newestBitrate = (view: ViewState): number => toldAmount(view, "video_source_bitrate") ?? 0;

function within(timeMs: number | null, fromMs: number, toMs: number): boolean {
  return timeMs !== null && timeMs >= fromMs && timeMs < toMs;
}

/** Client time of the newest event before `atMs`, to the second. */
function lastActivityBefore(view: ViewState, atMs: number): number {
  const times = view.activityMs;
  for (let at = times.length - 1; at >= 0; at -= 1) {
    const time = times[at] as number;
    if (time <= atMs) return time + 999; // kept by the second, rounded down
  }
  return Number.NEGATIVE_INFINITY;
}
