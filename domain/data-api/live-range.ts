import { ApiError } from "../errors.ts";
import type { LiveMetric } from "../monitoring/live-metrics.ts";
import { BUCKET_MS, WINDOW_MS } from "../monitoring/socket-wire.ts";
import { HISTOGRAM_POINT_MS } from "../monitoring/startup-histogram.ts";
import { parseTimeframe, type Timeframe } from "./timeframe.ts";

/** How far back the live numbers reach. */
export const LIVE_REACH_MS = 24 * 3_600_000;
/** Clocks differ and requests take time: whoever asks for exactly 24 hours ago, or for now, is right. */
const SLACK_MS = 60_000;
/** Of breakdowns over time. */
const LONGEST_MS = 10 * 60_000;
const DEFAULT_MS = 60_000;

/** Players report every 10 seconds: later what a bucket is made of is there, as far as it is told at all. */
const REPORTED_AFTER_MS = 10_000;

/** Unix milliseconds: the server's clock, and log time up to which everything is stored. */
export interface LiveClock {
  nowMs: number;
  asOfMs: number;
}

/**
 * The clock to ask a metric's buckets by: shares are held back until their bucket is over and reported. Before, what viewers
 * do is taken to go on to its end, while of failures, exits and stalls there is only what came so far (data-api.md §7).
 */
export function heldBack(clock: LiveClock, { unit }: Pick<LiveMetric, "unit">): LiveClock {
  return unit === "count" ? clock : { ...clock, asOfMs: clock.asOfMs - REPORTED_AFTER_MS - BUCKET_MS };
}

/**
 * The 5-second bucket of `timestamp` (Unix seconds); the newest there is where none is given, or where what is asked is not
 * stored yet.
 *
 * @throws ApiError for a moment that is gone, or has not come
 */
export function liveBucket(timestamp: number | undefined, clock: LiveClock): number {
  const newestMs = newestBucket(clock);
  if (timestamp === undefined) return newestMs;
  const atMs = timestamp * 1_000;
  requireReach("timestamp", atMs, clock);
  if (atMs > clock.nowMs + SLACK_MS) throw wrong("timestamp", "lies in the future; are these milliseconds?");
  return Math.min(newestMs, floor(atMs, BUCKET_MS));
}

/** 30 minutes from `timestamp` on, as far as they are stored; the newest 30 where none is given. */
export function liveSeriesRange(timestamp: number | undefined, clock: LiveClock): Timeframe {
  const endMs = newestBucket(clock) + BUCKET_MS;
  if (timestamp === undefined) return { fromMs: endMs - WINDOW_MS, toMs: endMs };
  const fromMs = liveBucket(timestamp, clock);
  return { fromMs, toMs: Math.min(endMs, fromMs + WINDOW_MS) };
}

/**
 * Whole buckets of `timeframe[]`, at most 10 minutes of the last 24 hours, as far as they are stored; a span ends with the
 * newest bucket, and is a minute where none is given.
 */
export function liveBreakdownRange(values: readonly string[], clock: LiveClock): Timeframe {
  const newestMs = newestBucket(clock);
  const { fromMs, toMs } = values.length === 0 ? { fromMs: 0, toMs: DEFAULT_MS } : parseTimeframe(values, clock.nowMs);
  if (toMs - fromMs > LONGEST_MS) throw wrong("timeframe[]", "may be 10 minutes long at most");
  const endMs = newestMs + BUCKET_MS;
  if (values.length < 2) return { fromMs: endMs - ceil(toMs - fromMs, BUCKET_MS), toMs: endMs };
  requireReach("timeframe[]", fromMs, clock);
  if (fromMs > clock.nowMs + SLACK_MS) throw wrong("timeframe[]", "lies in the future");
  return { fromMs: Math.min(newestMs, floor(fromMs, BUCKET_MS)), toMs: Math.min(endMs, ceil(toMs, BUCKET_MS)) };
}

/** The newest 30 minutes, the one that has begun included. */
export function liveHistogramRange({ asOfMs }: LiveClock): Timeframe {
  const toMs = floor(asOfMs, HISTOGRAM_POINT_MS) + HISTOGRAM_POINT_MS;
  return { fromMs: toMs - WINDOW_MS, toMs };
}

function newestBucket({ asOfMs }: LiveClock): number {
  return floor(asOfMs, BUCKET_MS);
}

function requireReach(param: string, atMs: number, { nowMs }: LiveClock): void {
  if (atMs < nowMs - LIVE_REACH_MS - SLACK_MS)
    throw wrong(param, "give Unix seconds of the last 24 hours: older live numbers are not kept");
}

function floor(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs;
}

function ceil(ms: number, stepMs: number): number {
  return Math.ceil(ms / stepMs) * stepMs;
}

function wrong(param: string, what: string): ApiError {
  return new ApiError("invalid_parameters", [`${param}: ${what}`]);
}
