import type { EnvironmentId } from "../identifiers.ts";
import { beatRows, filterClause, monitoringColumn, playsRendition, SUMS, valueText } from "./clauses.ts";
import type { MonitoringDimension, MonitoringFilter } from "./dimensions.ts";
import { type LiveMetric, liveValueSql } from "./live-metrics.ts";

/** A statement for the analytics store; values travel as `{name: Type}` parameters only. */
export interface Question {
  sql: string;
  params: Record<string, string | number | readonly (string | number)[]>;
}

/** One row per bucket that starts in [fromMs, toMs), both Unix milliseconds on bucket boundaries; empty ones are absent. */
export function askBuckets(
  environmentId: EnvironmentId,
  filters: readonly MonitoringFilter[],
  fromMs: number,
  toMs: number,
): Question {
  const where = filterClause(filters);
  return {
    sql: `
SELECT toFloat64(toUnixTimestamp(bucket)) * 1000 AS start_ms,${SUMS}
FROM ${beatRows(where)}
GROUP BY bucket ORDER BY bucket`,
    params: { environmentId, from: fromMs / 1_000, to: toMs / 1_000, ...where.params },
  };
}

/** Answer of {@link askLiveSeries}. */
export interface LiveSeriesRow {
  start_ms: number;
  metric_value: number | null;
  concurrent_viewers: number;
}

/** One metric as {@link askBuckets} tells them all; what others are made of is not worked out. */
export function askLiveSeries(
  environmentId: EnvironmentId,
  metric: LiveMetric,
  filters: readonly MonitoringFilter[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Question {
  const buckets = askBuckets(environmentId, filters, fromMs, toMs);
  const sql = `
SELECT start_ms, ${liveValueSql(metric)} AS metric_value, concurrent_viewers
FROM (${buckets.sql})
ORDER BY start_ms`;
  return { sql, params: buckets.params };
}

/** Span of the big numbers and the breakdowns. */
export const CURRENT_SPAN_MS = 60_000;
const MAX_BREAKDOWN_ROWS = 20;

/**
 * The newest bucket's viewers, and the rest over the 60 s that end with it: overall (`dimension` '') and per value of
 * each breakdown. A view counts once, with its newest dimensions, however many buckets it touches.
 */
export function askCurrent(
  environmentId: EnvironmentId,
  filters: readonly MonitoringFilter[],
  breakdowns: readonly MonitoringDimension[],
  newestBucketMs: number,
): Question {
  const where = filterClause(filters);
  const columns = breakdowns.map(monitoringColumn);
  const newestOf = columns.map((column) => `argMax(${column}, bucket) AS newest_${column},`).join("\n    ");
  const sets = ["()", ...columns.map((column) => `(newest_${column})`)].join(", ");
  const label = labelExpression(columns, breakdowns);
  return {
    sql: `
SELECT ${label.dimension} AS dimension, ${label.value} AS value,${SUMS}
FROM (
  SELECT
    ${newestOf}
    maxIf(m.concurrent, bucket = {newest: UInt32}) AS concurrent,
    maxIf(m.starting_up, bucket = {newest: UInt32}) AS starting_up,
    sum(m.watch_ms) AS watch_ms,
    sum(m.rebuffer_ms) AS rebuffer_ms,
    max(m.start_attempt) AS start_attempt,
    max(m.startup_failure) AS startup_failure,
    max(m.exit_before_start) AS exit_before_start,
    max(m.playback_failure) AS playback_failure,
    toUInt32(ifNotFinite(avgIf(m.bitrate, ${playsRendition("m.")}), 0)) AS playing_bitrate,
    max(m.startup_ms) AS startup_ms
  FROM monitoring AS m FINAL
  WHERE environment_id = {environmentId: UInt32} AND bucket > {from: UInt32} AND bucket <= {newest: UInt32}${where.sql}
  GROUP BY view_id
)
GROUP BY GROUPING SETS (${sets})
ORDER BY dimension, concurrent_viewers DESC, watched_ms DESC, value
LIMIT ${MAX_BREAKDOWN_ROWS} BY dimension`,
    params: {
      environmentId,
      from: (newestBucketMs - CURRENT_SPAN_MS) / 1_000,
      newest: newestBucketMs / 1_000,
      ...where.params,
    },
  };
}

/** Names of keyed values, to be asked for the few keys that an answer holds. */
export function askDimensionValues(
  environmentId: EnvironmentId,
  dimension: MonitoringDimension,
  keys: readonly string[],
): Question {
  return {
    sql: `
SELECT toString(key) AS key_text, any(value) AS name
FROM dimension_values
WHERE environment_id = {environmentId: UInt32} AND dimension = {dimension: String} AND key IN CAST({keys: Array(String)}, 'Array(UInt64)')
GROUP BY key`,
    params: { environmentId, dimension, keys },
  };
}

/** Which grouping set a row belongs to (`grouping` is 0 for its own column), and its value there, as text. */
function labelExpression(
  columns: readonly string[],
  breakdowns: readonly MonitoringDimension[],
): { dimension: string; value: string } {
  if (columns.length === 0) return { dimension: "''", value: "''" };
  const cases = (pick: (column: string, index: number) => string) =>
    columns.map((column, index) => `grouping(newest_${column}) = 0, ${pick(column, index)}`).join(", ");
  return {
    dimension: `multiIf(${cases((_, index) => `'${breakdowns[index]}'`)}, '')`,
    value: `multiIf(${cases((column, index) => valueText(breakdowns[index] ?? "country", `newest_${column}`))}, '')`,
  };
}
