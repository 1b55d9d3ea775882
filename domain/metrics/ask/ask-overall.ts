import type { Question } from "../../monitoring/queries.ts";
import type { Measurement, Metric } from "../metric.ts";
import type { Scope } from "../scope.ts";
import { aggregate, groupColumns } from "./aggregate.ts";
import { SETTINGS } from "./scope-clause.ts";
import { viewRows } from "./view-rows.ts";

/** Answer of {@link askOverall}: one row. */
export interface OverallRow {
  /** null where no view holds a value and 0 would be wrong. */
  value: number | null;
  /** Views that hold a value. */
  total_views: number;
  /** Of these views, milliseconds. */
  total_watch_time: number;
  total_playing_time: number;
}

/** One number for a range. The API's `global_value` is the value of the same question without filters. */
export function askOverall(scope: Scope, metric: Metric, measurement: Measurement): Question {
  const numbers = aggregate(metric, measurement, scope.weighted);
  const rows = viewRows(scope, metric, measurement);
  return {
    sql: `
SELECT
  toFloat64(${numbers.valueSql}) AS value,
  toFloat64(views) AS total_views,
  toFloat64(watched_ms) AS total_watch_time,
  toFloat64(played_ms) AS total_playing_time
FROM (SELECT ${groupColumns(numbers, scope.weighted)} FROM ${rows.sql})
${SETTINGS}`,
    params: rows.params,
  };
}
