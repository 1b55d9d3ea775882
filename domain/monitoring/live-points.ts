import type { LiveMetric } from "./live-metrics.ts";
import { measure, NO_SUMS, type Sums } from "./measures.ts";
import { BUCKET_MS } from "./socket-wire.ts";

/** One point of a metric's timeseries. */
export interface LivePoint {
  startMs: number;
  /** null where nothing was there to measure. */
  value: number | null;
  viewers: number;
}

/** A point for every bucket that starts in [fromMs, toMs). Where the store has no row nobody was watching. */
export function livePoints(
  metric: LiveMetric,
  rows: readonly (Sums & { start_ms: number })[],
  fromMs: number,
  toMs: number,
): LivePoint[] {
  const known = new Map(rows.map((row) => [row.start_ms, row]));
  return bucketStarts(fromMs, toMs).map((startMs) => {
    const measures = measure(known.get(startMs) ?? NO_SUMS);
    return { startMs, value: measures[metric.measure], viewers: measures.current_concurrent_viewers };
  });
}

export function bucketStarts(fromMs: number, toMs: number): number[] {
  return Array.from({ length: Math.max(0, (toMs - fromMs) / BUCKET_MS) }, (_, bucket) => fromMs + bucket * BUCKET_MS);
}
