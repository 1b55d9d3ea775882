import type { Dimensions } from "./options.ts";

/** [startMs, endMs) in true time; `endMs` is null while it lasts. */
export interface Interval {
  startMs: number;
  endMs: number | null;
}

/**
 * Where a view stands. `loaded`: nobody asked to play yet; `starting`: wanted, no frame yet; `left`: over, by `viewend`
 * or, when it never started, without a word.
 */
export type ViewPhase =
  | "loaded"
  | "starting"
  | "playing"
  | "ads"
  | "stalled"
  | "seeking"
  | "paused"
  | "failed"
  | "ended"
  | "left";

/** What really happened in one view. All times are true (server) time, Unix milliseconds: no skew, no network. */
export interface ViewTruth {
  viewerIndex: number;
  viewId: string;
  environmentKey: string;
  videoId: string;
  dimensions: Dimensions;
  /** False while no event has told the CDN: a view that failed before its first segment. */
  cdnTold: boolean;
  phase: ViewPhase;
  loadedAtMs: number;
  intentAtMs: number | null;
  firstFrameAtMs: number | null;
  /** From intent to first frame. */
  startupMs: number | null;
  failure: { atMs: number; code: string | number; message: string } | null;
  /** `viewend` was emitted. */
  endedAtMs: number | null;
  /** Start-up, playing, stalls and seeks; not pauses, nor after a failure (data-wire.md §6). */
  watching: readonly Interval[];
  rebuffering: readonly Interval[];
  seeking: readonly Interval[];
  watchMs: number;
  rebufferCount: number;
  rebufferMs: number;
  seekCount: number;
  seekMs: number;
  maxPlayheadMs: number;
  /** Events made so far: their sequence numbers are 1..emitted. */
  emitted: number;
  /** Sequence numbers that left in some request, ascending. */
  sent: readonly number[];
  /** Sequence numbers of requests that were answered with 2xx, ascending. */
  acknowledged: readonly number[];
}

/** A stall longer than this no longer counts as watching (data-api.md §7). */
const STALL_LIMIT_MS = 300_000;

/** True while someone is loading, playing, stalled for at most five minutes, or seeking (data-api.md §7). */
export function isConcurrentAt(view: ViewTruth, atMs: number): boolean {
  if (!view.watching.some((span) => holds(span, atMs))) return false;
  const stall = view.rebuffering.find((span) => holds(span, atMs));
  return stall === undefined || atMs - stall.startMs <= STALL_LIMIT_MS;
}

/** `current-concurrent-viewers` at one moment. */
export function concurrencyAt(views: readonly ViewTruth[], atMs: number): number {
  return views.filter((view) => isConcurrentAt(view, atMs)).length;
}

/** `current-rebuffering-percentage` of [fromMs, toMs) as a ratio 0..1; null when nobody watched. */
export function rebufferingShare(views: readonly ViewTruth[], fromMs: number, toMs: number): number | null {
  const sum = (spansOf: (view: ViewTruth) => readonly Interval[]) =>
    views.reduce((total, view) => total + overlapMs(spansOf(view), fromMs, toMs), 0);
  const watchMs = sum((view) => view.watching);
  return watchMs === 0 ? null : sum((view) => view.rebuffering) / watchMs;
}

/** Length of what lies in [fromMs, toMs); a lasting interval goes on. */
export function overlapMs(spans: readonly Interval[], fromMs: number, toMs: number): number {
  return spans.reduce(
    (total, { startMs, endMs }) => total + Math.max(0, Math.min(endMs ?? toMs, toMs) - Math.max(startMs, fromMs)),
    0,
  );
}

function holds({ startMs, endMs }: Interval, atMs: number): boolean {
  return startMs <= atMs && (endMs === null || endMs > atMs);
}
