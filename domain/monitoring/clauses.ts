import type { MonitoringDimension, MonitoringFilter } from "./dimensions.ts";
import type { Question } from "./queries.ts";

/** Dimensions with many values are numeric keys in `monitoring`, named by `dimension_values`. */
const KEYED: ReadonlySet<MonitoringDimension> = new Set([
  "video_title",
  "video_id",
  "video_series",
  "sub_property_id",
  "asset_id",
  "playback_id",
  "live_stream_id",
] as const);

export function isKeyed(dimension: MonitoringDimension): boolean {
  return KEYED.has(dimension);
}

export function monitoringColumn(dimension: MonitoringDimension): string {
  return isKeyed(dimension) ? `${dimension}_key` : dimension;
}

/** What a filter compares with: text wherever that is as cheap. */
function filterColumn(dimension: MonitoringDimension): string {
  const isNumber = dimension === "asn" || dimension === "view_has_ad";
  return isNumber ? valueText(dimension, dimension) : monitoringColumn(dimension);
}

/** A value of the dimension's column as text: of keyed ones the digits, "" for none. */
export function valueText(dimension: MonitoringDimension, column: string): string {
  if (dimension === "view_has_ad") return `if(${column} = 1, 'true', 'false')`;
  if (dimension === "asn") return `if(${column} = 0, '', toString(${column}))`;
  return `toString(${column})`;
}

/** Whether a beat plays a rendition of known bitrate: who waits, stalls or is paused all the time does not. */
export const playsRendition = (row = "") =>
  `${row}bitrate > 0 AND ${row}starting_up = 0 AND ${row}watch_ms > ${row}rebuffer_ms`;

/** Sums from which every monitoring metric is made; each is a plain number in the answer. */
export const SUMS = `
  toFloat64(sum(concurrent)) AS concurrent_viewers,
  toFloat64(sum(starting_up)) AS starting_up_viewers,
  toFloat64(sum(watch_ms)) AS watched_ms,
  toFloat64(sum(rebuffer_ms)) AS rebuffered_ms,
  toFloat64(sum(start_attempt)) AS start_attempts,
  toFloat64(sum(startup_failure)) AS startup_failures,
  toFloat64(sum(exit_before_start)) AS exits_before_start,
  toFloat64(sum(playback_failure)) AS playback_failures,
  toFloat64(sum(playing_bitrate)) AS bitrate_sum,
  toFloat64(countIf(playing_bitrate > 0)) AS bitrate_viewers,
  toFloat64(count(startup_ms)) AS started,
  quantileExact(0.5)(startup_ms) AS startup_median_ms,
  quantileExact(0.95)(startup_ms) AS startup_p95_ms`;

/** The beats of [from, to), Unix seconds, under filters: a subquery in brackets, newest version of each. */
export function beatRows(where: Question): string {
  return `(SELECT *, if(${playsRendition()}, bitrate, 0) AS playing_bitrate FROM monitoring FINAL
  WHERE environment_id = {environmentId: UInt32} AND bucket >= {from: UInt32} AND bucket < {to: UInt32}${where.sql})`;
}

/** Filters of different dimensions all hold; the values of one are alternatives. Names come from our own list only. */
export function filterClause(filters: readonly MonitoringFilter[]): Question {
  const params: Question["params"] = {};
  const parts = filters.map(({ dimension, values, negated }, index) => {
    params[`f${index}`] = values;
    const wanted = isKeyed(dimension)
      ? `arrayMap(v -> cityHash64(v), {f${index}: Array(String)})`
      : `{f${index}: Array(String)}`;
    return ` AND ${negated ? "NOT " : ""}has(${wanted}, ${filterColumn(dimension)})`;
  });
  return { sql: parts.join(""), params };
}
