import type { EnvironmentId } from "../identifiers.ts";
import { beatRows, filterClause } from "./clauses.ts";
import type { MonitoringFilter } from "./dimensions.ts";
import type { Question } from "./queries.ts";

/** Lower bounds of the histogram's bars in ms; each reaches to the next, the last is open (data-api.md §7). */
export const STARTUP_BOUNDS_MS = [0, 100, 500, 1_000, 2_000, 5_000, 10_000] as const;

/** Width of a point. */
export const HISTOGRAM_POINT_MS = 60_000;

/** Answer of {@link askStartupHistogram}, in order of time; minutes in which nobody started are absent. */
export interface HistogramRow {
  start_ms: number;
  /** Views by bar. */
  counts: readonly number[];
  average_ms: number;
  median_ms: number;
  p95_ms: number;
}

/** Start-up times of the views whose first frame came in [fromMs, toMs), a point a minute; both on whole minutes. */
export function askStartupHistogram(
  environmentId: EnvironmentId,
  filters: readonly MonitoringFilter[],
  fromMs: number,
  toMs: number,
): Question {
  const where = filterClause(filters);
  const counts = STARTUP_BOUNDS_MS.map((fromBarMs, bar) => {
    const nextMs = STARTUP_BOUNDS_MS[bar + 1];
    const above = `startup_ms >= ${fromBarMs}`;
    return `toFloat64(countIf(${nextMs === undefined ? above : `${above} AND startup_ms < ${nextMs}`}))`;
  });
  return {
    sql: `
SELECT
  toFloat64(toUnixTimestamp(toStartOfMinute(bucket))) * 1000 AS start_ms,
  [${counts.join(", ")}] AS counts,
  avg(startup_ms) AS average_ms,
  toFloat64(quantileExact(0.5)(startup_ms)) AS median_ms,
  toFloat64(quantileExact(0.95)(startup_ms)) AS p95_ms
FROM ${beatRows(where)}
WHERE isNotNull(startup_ms)
GROUP BY start_ms ORDER BY start_ms`,
    params: { environmentId, from: fromMs / 1_000, to: toMs / 1_000, ...where.params },
  };
}

/** One minute of the histogram; shares are 0..1, null where nobody started. */
export interface HistogramPoint {
  startMs: number;
  /** Views that started. */
  sum: number;
  averageMs: number | null;
  medianMs: number | null;
  p95Ms: number | null;
  maxShare: number | null;
  bars: readonly { count: number; share: number }[];
}

/** A point for every minute of [fromMs, toMs), with nobody in those that the store has no row for. */
export function histogramPoints(rows: readonly HistogramRow[], fromMs: number, toMs: number): HistogramPoint[] {
  const known = new Map(rows.map((row) => [row.start_ms, row]));
  const minutes = Math.max(0, Math.ceil((toMs - fromMs) / HISTOGRAM_POINT_MS));
  return Array.from({ length: minutes }, (_, minute) => {
    const startMs = fromMs + minute * HISTOGRAM_POINT_MS;
    return histogramPoint(startMs, known.get(startMs));
  });
}

function histogramPoint(startMs: number, row: HistogramRow | undefined): HistogramPoint {
  const counts = row?.counts ?? STARTUP_BOUNDS_MS.map(() => 0);
  const sum = counts.reduce((all, count) => all + count, 0);
  const bars = counts.map((count) => ({ count, share: sum === 0 ? 0 : count / sum }));
  return {
    startMs,
    sum,
    averageMs: row?.average_ms ?? null,
    medianMs: row?.median_ms ?? null,
    p95Ms: row?.p95_ms ?? null,
    maxShare: sum === 0 ? null : Math.max(...bars.map(({ share }) => share)),
    bars,
  };
}
