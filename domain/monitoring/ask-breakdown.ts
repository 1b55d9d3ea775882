import type { EnvironmentId } from "../identifiers.ts";
import { type Direction, directionSql, valueOrder } from "../metrics/ask/value-order.ts";
import { beatRows, filterClause, isKeyed, monitoringColumn, SUMS, valueText } from "./clauses.ts";
import type { MonitoringDimension, MonitoringFilter } from "./dimensions.ts";
import { type LiveMetric, liveValueSql } from "./live-metrics.ts";
import type { Question } from "./queries.ts";

export interface LiveBreakdownOptions {
  /** As in breakdowns of views: `value` is the metric's, `views` the viewers, `field` the dimension's value. */
  orderBy: "negative_impact" | "value" | "views" | "field";
  /** desc: the worst, the most or the last first. */
  direction: Direction;
  limit: number;
}

/** What is broken down, and for whom. */
export interface LiveScope {
  environmentId: EnvironmentId;
  metric: LiveMetric;
  dimension: MonitoringDimension;
  filters: readonly MonitoringFilter[];
  /** Of buckets that start in it, Unix milliseconds. */
  fromMs: number;
  toMs: number;
}

/** Answer of {@link askLiveBreakdown}. */
export interface LiveBreakdownRow {
  /** "" for views without a value; of a keyed dimension the digits of the key. */
  value: string;
  metric_value: number | null;
  concurrent_viewers: number;
  starting_up_viewers: number;
  /** Place among all values, the one that worsens the whole most is 1; by viewers where nothing is better or worse. */
  negative_impact: number;
  /** Values without the limit. */
  total_row_count: number;
}

/** A metric for every value of a dimension, in one 5-second bucket. */
export function askLiveBreakdown(scope: LiveScope, options: LiveBreakdownOptions): Question {
  const { sql, params } = groups(scope, "value");
  const names = nameOrder(scope, options);
  return {
    sql: `
SELECT value, metric_value, concurrent_viewers, starting_up_viewers, negative_impact, total_row_count
FROM (
  SELECT
    *,
    toFloat64(row_number() OVER (ORDER BY ${worstSql(scope)} DESC NULLS LAST, concurrent_viewers DESC, value)) AS negative_impact,
    toFloat64(count() OVER ()) AS total_row_count
  FROM (SELECT *, ${liveValueSql(scope.metric)} AS metric_value, ${impactSql(scope.metric, "")} AS impact FROM (${sql}))
) AS broken_down${names.joinSql}
ORDER BY ${orderSql(scope, options, names.textSql)}
LIMIT {limit: UInt32}`,
    params: { ...params, ...names.params, limit: options.limit },
  };
}

/** Answer of {@link askLiveBreakdownTimeseries}, in order of time. */
export type LiveBreakdownPoint = Omit<LiveBreakdownRow, "negative_impact" | "total_row_count"> & { start_ms: number };

/** The same for every bucket of the range, the first values of each by the order asked. */
export function askLiveBreakdownTimeseries(scope: LiveScope, options: LiveBreakdownOptions): Question {
  const { sql, params } = groups(scope, "bucket, value");
  const names = nameOrder(scope, options);
  return {
    sql: `
SELECT
  toFloat64(toUnixTimestamp(bucket)) * 1000 AS start_ms,
  value, metric_value, concurrent_viewers, starting_up_viewers
FROM (
  SELECT *, ${liveValueSql(scope.metric)} AS metric_value, ${impactSql(scope.metric, "PARTITION BY bucket")} AS impact
  FROM (${sql})
) AS broken_down${names.joinSql}
ORDER BY start_ms, ${orderSql(scope, options, names.textSql)}
LIMIT {limit: UInt32} BY start_ms`,
    params: { ...params, ...names.params, limit: options.limit },
  };
}

function groups({ environmentId, dimension, filters, fromMs, toMs }: LiveScope, by: "value" | "bucket, value") {
  const where = filterClause(filters);
  const value = valueText(dimension, monitoringColumn(dimension));
  return {
    sql: `SELECT ${by.replace("value", `${value} AS value`)},${SUMS}\n  FROM ${beatRows(where)} GROUP BY ${by}`,
    params: { environmentId, from: fromMs / 1_000, to: toMs / 1_000, ...where.params },
  };
}

/** How much a value moves the whole in the wrong direction: its distance from the whole by its share of it. */
function impactSql(metric: LiveMetric, over: string): string {
  const { part, whole, better } = metric;
  if (whole === null || better === null) return "CAST(NULL, 'Nullable(Float64)')";
  const all = `(sum(${part}) OVER (${over}) / sum(${whole}) OVER (${over}))`;
  const [worse, than] = better === "lower" ? [liveValueSql(metric), all] : [all, liveValueSql(metric)];
  return `(${worse} - ${than}) * (${whole}) / sum(${whole}) OVER (${over})`;
}

/** What says how bad a value is; its viewers where nothing is better or worse. */
function worstSql({ metric }: LiveScope): string {
  return metric.better === null ? "concurrent_viewers" : "impact";
}

/** Values in the order asked, then busy ones first, then by what they are grouped by, which no two have in common. */
function orderSql(scope: LiveScope, { orderBy, direction }: LiveBreakdownOptions, textSql: string): string {
  const number = { negative_impact: worstSql(scope), value: "metric_value", views: "concurrent_viewers", field: null };
  const by = number[orderBy];
  const order =
    by === null
      ? valueOrder(textSql, scope.dimension === "asn", direction)
      : `${by} ${directionSql(direction)} NULLS LAST`;
  return `${order}, concurrent_viewers DESC, value`;
}

/** Keys are in no order that anybody knows, so where values go by themselves their names are looked up on the way. */
function nameOrder({ dimension }: LiveScope, { orderBy }: LiveBreakdownOptions) {
  if (orderBy !== "field" || !isKeyed(dimension)) return { textSql: "value", joinSql: "", params: {} };
  return {
    textSql: "name",
    joinSql: `
LEFT ANY JOIN (
  SELECT toString(key) AS value, any(dimension_values.value) AS name
  FROM dimension_values
  WHERE environment_id = {environmentId: UInt32} AND dimension = {dimension: String} AND key IN (
    SELECT ${monitoringColumn(dimension)} FROM monitoring
    WHERE environment_id = {environmentId: UInt32} AND bucket >= {from: UInt32} AND bucket < {to: UInt32}
  )
  GROUP BY key
) AS names USING value`,
    params: { dimension },
  };
}
