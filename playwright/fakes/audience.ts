import type { MonitoringDimension, MonitoringFilter } from "../../domain/monitoring/dimensions.ts";
import {
  type BreakdownRowWire,
  BUCKET_MS,
  type BucketWire,
  type CurrentWire,
  OPEN_MS,
} from "../../domain/monitoring/socket-wire.ts";

/** A believable evening as a function of time alone: a final, a slow CDN for three of the last thirty minutes. */

type Weights = readonly (readonly [value: string, weight: number])[];

export const PARTS: Partial<Record<MonitoringDimension, Weights>> = {
  video_title: [
    ["Grand Final", 52],
    ["Grand Final: Tactical camera", 14],
    ["Morning News", 9],
    ["The Lighthouse Keeper", 7],
    ["Semi-final Highlights", 6],
    ["Why Rivers Bend", 4],
    ["Interview: The Last Projectionist", 3],
    ["Bread in Forty Minutes", 2],
    ["Episode 1: Arrival", 2],
    ["Trailer: The Glass Orchard", 1],
  ],
  country: [
    ["DE", 31],
    ["US", 18],
    ["GB", 13],
    ["AT", 11],
    ["FR", 9],
    ["CH", 7],
    ["BR", 5],
    ["IN", 4],
    ["JP", 2],
  ],
  device_category: [
    ["phone", 38],
    ["desktop", 29],
    ["tv", 24],
    ["tablet", 7],
    ["", 2],
  ],
  cdn: [
    ["cloudfront", 46],
    ["fastly", 33],
    ["akamai", 21],
  ],
};

/** Rebuffering of each CDN on a good day, and of the slow one during the incident. */
const CALM: Record<string, number> = { cloudfront: 0.006, fastly: 0.007, akamai: 0.009 };
const SLOW = { cdn: "fastly", ratio: 0.19 };

export interface Evening {
  /** Viewers at the height. */
  viewers: number;
  /** [from, to) in Unix ms. */
  incidents: readonly (readonly [number, number])[];
  /** Nobody came before this. */
  beganMs: number;
}

export function bucketsOf(
  evening: Evening,
  filters: readonly MonitoringFilter[],
  fromMs: number,
  asOfMs: number,
): BucketWire[] {
  const buckets: BucketWire[] = [];
  for (let start = Math.ceil(fromMs / BUCKET_MS) * BUCKET_MS; start <= asOfMs; start += BUCKET_MS) {
    const { starting_up_viewers: _, ...measures } = measuresAt(evening, filters, Math.min(start + BUCKET_MS, asOfMs));
    buckets.push({ start, open: start + BUCKET_MS + OPEN_MS > asOfMs, ...measures });
  }
  return buckets;
}

export function breakdownOf(
  evening: Evening,
  filters: readonly MonitoringFilter[],
  dimension: MonitoringDimension,
  atMs: number,
): BreakdownRowWire[] {
  return (PARTS[dimension] ?? [])
    .map(([value]) => ({
      value: value === "" ? null : value,
      ...measuresAt(evening, [...filters, { dimension, values: [value], negated: false }], atMs),
    }))
    .filter((row) => row.current_concurrent_viewers > 0)
    .sort((one, other) => other.current_concurrent_viewers - one.current_concurrent_viewers);
}

export function measuresAt(evening: Evening, filters: readonly MonitoringFilter[], atMs: number): CurrentWire {
  const viewers = Math.round(evening.viewers * crowd(evening, atMs) * share(filters));
  const noise = ripple(atMs, 7);
  const rebuffering = rebufferingAt(evening, filters, atMs) * (1 + 0.35 * noise);
  const median = 640 + 90 * ripple(atMs, 3) + rebuffering * 4_000;
  const nobody = viewers === 0;
  return {
    current_concurrent_viewers: viewers,
    starting_up_viewers: Math.round(viewers * (0.012 + 0.004 * noise)),
    current_rebuffering_percentage: nobody ? null : Math.max(0, rebuffering),
    current_average_bitrate: nobody ? null : 4_200_000 * (1 - 2 * rebuffering),
    video_startup_time: nobody ? null : { median_ms: median, p95_ms: median * 2.9, count: Math.ceil(viewers / 90) },
    video_startup_failure_percentage: nobody ? null : Math.max(0, 0.004 + 0.004 * ripple(atMs, 5)),
    exits_before_video_start: nobody ? null : Math.max(0, 0.013 + 0.01 * ripple(atMs, 11) + rebuffering / 6),
    playback_failure_percentage: nobody ? null : Math.max(0, 0.0006 * (1 + 2 * ripple(atMs, 13)) + rebuffering / 40),
  };
}

function rebufferingAt({ incidents }: Evening, filters: readonly MonitoringFilter[], atMs: number): number {
  const slow = incidents.some(([from, to]) => atMs >= from && atMs < to);
  const cdns = kept("cdn", filters);
  const whole = cdns.reduce((sum, [, weight]) => sum + weight, 0);
  const stalled = cdns.reduce(
    (sum, [cdn, weight]) => sum + weight * (slow && cdn === SLOW.cdn ? SLOW.ratio : (CALM[cdn] ?? 0)),
    0,
  );
  return whole === 0 ? 0 : stalled / whole;
}

/** Independent dimensions: the share of all is the product of the shares. */
function share(filters: readonly MonitoringFilter[]): number {
  const dimensions = new Set(filters.map(({ dimension }) => dimension));
  return [...dimensions].reduce((product, dimension) => {
    const whole = (PARTS[dimension] ?? []).reduce((sum, [, weight]) => sum + weight, 0);
    return whole === 0 ? 0 : (product * kept(dimension, filters).reduce((sum, [, weight]) => sum + weight, 0)) / whole;
  }, 1);
}

function kept(dimension: MonitoringDimension, filters: readonly MonitoringFilter[]): Weights {
  const own = filters.filter((filter) => filter.dimension === dimension);
  return (PARTS[dimension] ?? []).filter(([value]) =>
    own.every(({ values, negated }) => values.includes(value) !== negated),
  );
}

/** Arrivals in the first minutes, then a crowd that breathes. */
function crowd({ beganMs }: Evening, atMs: number): number {
  const minutes = (atMs - beganMs) / 60_000;
  if (minutes <= 0) return 0;
  const arrival = 1 / (1 + Math.exp(-(minutes - 6) * 0.75));
  return arrival * (0.86 + 0.09 * Math.sin(minutes / 4.4) + 0.012 * ripple(atMs, 1));
}

/** Between −1 and 1, the same at the same time. */
function ripple(atMs: number, salt: number): number {
  const step = Math.floor(atMs / BUCKET_MS);
  return Math.sin(step * 12.9898 + salt * 78.233) * 0.6 + Math.sin(step * 0.37 + salt) * 0.4;
}
