import type { EnvironmentId } from "../identifiers.ts";
import type { MonitoringDimension, MonitoringFilter } from "./dimensions.ts";

/** A statement for the analytics store; values travel as `{name: Type}` parameters only. */
export interface Question {
  sql: string;
  params: Record<string, string | number | readonly (string | number)[]>;
}

/** Dimensions with many values are numeric keys in `monitoring`, named by `dimension_values`. */
const KEYED: ReadonlySet<MonitoringDimension> = new Set([
  "video_title",
  "video_id",
  "video_series",
  "sub_property_id",
] as const);

export function isKeyed(dimension: MonitoringDimension): boolean {
  return KEYED.has(dimension);
}

export function monitoringColumn(dimension: MonitoringDimension): string {
  return isKeyed(dimension) ? `${dimension}_key` : dimension;
}

/** Sums from which every monitoring metric is made; each is a plain number in the answer. */
const SUMS = `
  toFloat64(sum(concurrent)) AS concurrent_viewers,
  toFloat64(sum(starting_up)) AS starting_up_viewers,
  toFloat64(sum(watch_ms)) AS watched_ms,
  toFloat64(sum(rebuffer_ms)) AS rebuffered_ms,
  toFloat64(sum(start_attempt)) AS start_attempts,
  toFloat64(sum(startup_failure)) AS startup_failures,
  toFloat64(sum(exit_before_start)) AS exits_before_start,
  toFloat64(sum(playback_failure)) AS playback_failures,
  toFloat64(count(startup_ms)) AS started,
  quantileExact(0.5)(startup_ms) AS startup_median_ms,
  quantileExact(0.95)(startup_ms) AS startup_p95_ms`;

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
FROM monitoring FINAL
WHERE environment_id = {environmentId: UInt32} AND bucket >= {from: UInt32} AND bucket < {to: UInt32}${where.sql}
GROUP BY bucket ORDER BY bucket`,
    params: { environmentId, from: fromMs / 1_000, to: toMs / 1_000, ...where.params },
  };
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
WHERE environment_id = {environmentId: UInt32} AND dimension = {dimension: String} AND key IN arrayMap(k -> toUInt64(k), {keys: Array(String)})
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
    value: `multiIf(${cases((column) => `toString(newest_${column})`)}, '')`,
  };
}

/** Filters of different dimensions all hold; the values of one are alternatives. Names come from our own list only. */
function filterClause(filters: readonly MonitoringFilter[]): Question {
  const params: Question["params"] = {};
  const parts = filters.map(({ dimension, values, negated }, index) => {
    params[`f${index}`] = values;
    const wanted = isKeyed(dimension)
      ? `arrayMap(v -> cityHash64(v), {f${index}: Array(String)})`
      : `{f${index}: Array(String)}`;
    const column = dimension === "asn" ? "toString(asn)" : monitoringColumn(dimension);
    return ` AND ${negated ? "NOT " : ""}has(${wanted}, ${column})`;
  });
  return { sql: parts.join(""), params };
}
