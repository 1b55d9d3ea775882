import type { MonitoringDimension } from "./dimensions.ts";
import {
  type BreakdownRowWire,
  BUCKET_MS,
  type BucketWire,
  type CurrentWire,
  type MonitoringWire,
  OPEN_MS,
  WINDOW_MS,
} from "./socket-wire.ts";

/** What is measured of a set of views. Ratios are 0..1; null: nothing was there to measure. */
export interface Measures {
  viewers: number;
  rebufferingRatio: number | null;
  startup: { medianMs: number; p95Ms: number; count: number } | null;
  startupFailureRatio: number | null;
  exitBeforeStartRatio: number | null;
  playbackFailureRatio: number | null;
}

/** One point of the chart: [startMs, startMs + 5 s). */
export interface Bucket extends Measures {
  startMs: number;
  /** Provisional: late beacons may still change it. */
  open: boolean;
}

/** The big numbers: viewers now, the rest over the last 60 s. */
export interface CurrentMeasures extends Measures {
  /** Wait for their first frame; part of `viewers`. */
  startingUp: number;
}

export interface BreakdownRow extends CurrentMeasures {
  /** null: views without a value. */
  value: string | null;
}

export type Breakdowns = Partial<Record<MonitoringDimension, readonly BreakdownRow[]>>;

/** All that a page knows of one subscription. Never changed in place: each message makes a new one. */
export interface Picture {
  /** Log time up to which everything is counted. */
  asOfMs: number;
  /** Server clock when the newest message was sent. */
  sentAtMs: number;
  delayMs: number;
  stalled: boolean;
  /** Always 360, without a hole, the newest last: the one that holds `asOfMs`. */
  buckets: readonly Bucket[];
  current: CurrentMeasures;
  breakdowns: Breakdowns;
}

export const WINDOW_BUCKETS = WINDOW_MS / BUCKET_MS;

/**
 * The picture after a `snapshot` or a `delta`: buckets of the message replace those before, the window moves on to `as_of`,
 * the rest is taken over whole. A snapshot after a resumed reconnect brings only what changed meanwhile, so both kinds are
 * merged alike; a new subscription begins with null.
 */
export function mergeMessage(previous: Picture | null, message: MonitoringWire): Picture {
  const known = new Map<number, Bucket>();
  for (const bucket of previous?.buckets ?? []) known.set(bucket.startMs, bucket);
  for (const bucket of message.buckets) known.set(bucket.start, bucketFromWire(bucket));
  return {
    asOfMs: message.as_of,
    sentAtMs: message.sent_at,
    delayMs: message.delay_ms,
    stalled: message.state === "stalled",
    buckets: windowOf(known, message.as_of),
    current: currentFromWire(message.current),
    breakdowns: breakdownsFromWire(message.breakdowns),
  };
}

/** True when the whole window saw no one: not a quiet minute, but nothing to show. */
export function isEmptyPicture(picture: Picture): boolean {
  return picture.current.viewers === 0 && picture.buckets.every(({ viewers }) => viewers === 0);
}

/** Viewers this long before the newest bucket; null when the window saw no one before that. */
export function viewersBefore(picture: Picture, agoMs: number): number | null {
  const at = picture.buckets.length - 1 - Math.round(agoMs / BUCKET_MS);
  if (at < 0 || picture.buckets.slice(0, at + 1).every(({ viewers }) => viewers === 0)) return null;
  return picture.buckets[at]?.viewers ?? null;
}

/** The most viewers of the window and when, the latest if there were several times; null when it saw no one. */
export function peakOf({ buckets, asOfMs }: Picture): { viewers: number; atMs: number } | null {
  const peak = buckets.reduce<Bucket | null>((most, one) => (one.viewers >= (most?.viewers ?? 1) ? one : most), null);
  return peak && { viewers: peak.viewers, atMs: pointTimeMs(peak, asOfMs) };
}

/** Where a bucket stands on the time axis: its viewers are those at its end, in the newest those at `asOfMs`. */
export function pointTimeMs(bucket: Bucket, asOfMs: number): number {
  return Math.max(bucket.startMs, Math.min(bucket.startMs + BUCKET_MS, asOfMs));
}

/** The whole window up to the bucket that holds `asOfMs`. Where the store has no row nobody was watching. */
function windowOf(known: ReadonlyMap<number, Bucket>, asOfMs: number): Bucket[] {
  const newestMs = Math.floor(asOfMs / BUCKET_MS) * BUCKET_MS;
  return Array.from({ length: WINDOW_BUCKETS }, (_, index) => {
    const startMs = newestMs - (WINDOW_BUCKETS - 1 - index) * BUCKET_MS;
    const bucket = known.get(startMs) ?? { startMs, open: true, ...NOBODY };
    const open = bucket.open && startMs + BUCKET_MS + OPEN_MS > asOfMs; // closed by time even when it is not sent again
    return open === bucket.open ? bucket : { ...bucket, open };
  });
}

const NOBODY: Measures = {
  viewers: 0,
  rebufferingRatio: null,
  startup: null,
  startupFailureRatio: null,
  exitBeforeStartRatio: null,
  playbackFailureRatio: null,
};

function measuresFromWire(wire: Omit<BucketWire, "start" | "open">): Measures {
  const startup = wire.video_startup_time;
  return {
    viewers: wire.current_concurrent_viewers,
    rebufferingRatio: wire.current_rebuffering_percentage,
    startup: startup && { medianMs: startup.median_ms, p95Ms: startup.p95_ms, count: startup.count },
    startupFailureRatio: wire.video_startup_failure_percentage,
    exitBeforeStartRatio: wire.exits_before_video_start,
    playbackFailureRatio: wire.playback_failure_percentage,
  };
}

function bucketFromWire(wire: BucketWire): Bucket {
  return { startMs: wire.start, open: wire.open, ...measuresFromWire(wire) };
}

function currentFromWire(wire: CurrentWire): CurrentMeasures {
  return { startingUp: wire.starting_up_viewers, ...measuresFromWire(wire) };
}

function rowFromWire(wire: BreakdownRowWire): BreakdownRow {
  return { value: wire.value === "" ? null : wire.value, ...currentFromWire(wire) };
}

function breakdownsFromWire(wire: MonitoringWire["breakdowns"]): Breakdowns {
  const entries = Object.entries(wire).map(([dimension, rows]) => [dimension, rows.map(rowFromWire)] as const);
  return Object.fromEntries(entries);
}
