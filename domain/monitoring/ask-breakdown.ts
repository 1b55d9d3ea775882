import type { EnvironmentId } from "../identifiers.ts";
import { beatRows, filterClause, monitoringColumn, SUMS, valueText } from "./clauses.ts";
import type { MonitoringDimension, MonitoringFilter } from "./dimensions.ts";
import { type LiveMetric, liveValueSql } from "./live-metrics.ts";
import type { Question } from "./queries.ts";
import { BUCKET_MS } from "./socket-wire.ts";

export interface LiveBreakdownOptions {
  orderBy: "negative_impact" | "value" | "metric_value" | "concurrent_viewers";
  direction: "asc" | "desc";
  limit: number;
}

/** Answer of {@link askLiveBreakdown}. Of a keyed dimension `value` holds the digits of the key. */
export interface LiveBreakdownRow {
  /** "" for views without a value. */
  value: string;
  metric_value: number | null;
  concurrent_viewers: number;
  starting_up_viewers: number;
  /** Place among all values, the one that worsens the whole most is 1; by viewers where nothing is better or worse. */
  negative_impact: number;
}

/** A metric for every value of a dimension, in the 5-second bucket of one moment. */
export function askLiveBreakdown(
  environmentId: EnvironmentId,
  metric: LiveMetric,
  dimension: MonitoringDimension,
  filters: readonly MonitoringFilter[],
  bucketMs: number,
  { orderBy, direction, limit }: LiveBreakdownOptions,
): Question {
  const where = filterClause(filters);
  const order = direction === "desc" ? "DESC" : "ASC";
  return {
    sql: `
SELECT
  value, metric_value, concurrent_viewers, starting_up_viewers,
  toFloat64(row_number() OVER (ORDER BY impact DESC NULLS LAST, concurrent_viewers DESC, value)) AS negative_impact
FROM (
  SELECT *, ${liveValueSql(metric)} AS metric_value, ${impactSql(metric)} AS impact
  FROM (${groups(dimension, where)} GROUP BY value)
)
ORDER BY ${orderBy} ${order} NULLS LAST, concurrent_viewers DESC, value
LIMIT {limit: UInt32}`,
    params: { environmentId, from: bucketMs / 1_000, to: (bucketMs + BUCKET_MS) / 1_000, limit, ...where.params },
  };
}

/** How much a value moves the whole in the wrong direction: its distance from the whole by its share of it. */
function impactSql(metric: LiveMetric): string {
  const { part, whole, better } = metric;
  if (whole === null || better === null) return "CAST(NULL, 'Nullable(Float64)')";
  const all = `(sum(${part}) OVER () / sum(${whole}) OVER ())`;
  const [worse, than] = better === "lower" ? [liveValueSql(metric), all] : [all, liveValueSql(metric)];
  return `(${worse} - ${than}) * (${whole}) / sum(${whole}) OVER ()`;
}

/** Answer of {@link askLiveBreakdownTimeseries}, in order of time. */
export type LiveBreakdownPoint = Omit<LiveBreakdownRow, "negative_impact"> & { start_ms: number };

/** The same for every bucket of [fromMs, toMs), the first values of each by the order asked. */
export function askLiveBreakdownTimeseries(
  environmentId: EnvironmentId,
  metric: LiveMetric,
  dimension: MonitoringDimension,
  filters: readonly MonitoringFilter[],
  [fromMs, toMs]: readonly [fromMs: number, toMs: number],
  {
    orderBy,
    direction,
    limit,
  }: LiveBreakdownOptions & { orderBy: Exclude<LiveBreakdownOptions["orderBy"], "negative_impact"> },
): Question {
  const where = filterClause(filters);
  const order = direction === "desc" ? "DESC" : "ASC";
  return {
    sql: `
SELECT
  toFloat64(toUnixTimestamp(bucket)) * 1000 AS start_ms,
  value, ${liveValueSql(metric)} AS metric_value, concurrent_viewers, starting_up_viewers
FROM (${groups(dimension, where, "bucket, ")} GROUP BY bucket, value)
ORDER BY start_ms, ${orderBy} ${order} NULLS LAST, concurrent_viewers DESC, value
LIMIT {limit: UInt32} BY start_ms`,
    params: { environmentId, from: fromMs / 1_000, to: toMs / 1_000, limit, ...where.params },
  };
}

function groups(dimension: MonitoringDimension, where: Question, columns = ""): string {
  const value = valueText(dimension, monitoringColumn(dimension));
  return `SELECT ${columns}${value} AS value,${SUMS}\n  FROM ${beatRows(where)}`;
}
