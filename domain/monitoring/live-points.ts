import type { LiveMetric } from "./live-metrics.ts";
import type { LiveSeriesRow } from "./queries.ts";
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
  { whole }: LiveMetric,
  rows: readonly LiveSeriesRow[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): LivePoint[] {
  const known = new Map(rows.map((row) => [row.start_ms, row]));
  const ofNobody = whole === null ? 0 : null;
  return bucketStarts(fromMs, toMs).map((startMs) => {
    const row = known.get(startMs);
    return { startMs, value: row?.metric_value ?? ofNobody, viewers: row?.concurrent_viewers ?? 0 };
  });
}

export function bucketStarts(fromMs: number, toMs: number): number[] {
  return Array.from({ length: Math.max(0, (toMs - fromMs) / BUCKET_MS) }, (_, bucket) => fromMs + bucket * BUCKET_MS);
}
