import type { Question } from "../../monitoring/queries.ts";
import type { Measurement, Metric } from "../metric.ts";
import type { Scope } from "../scope.ts";
import { checkSeries, type Granularity } from "../time-buckets.ts";
import { aggregate, groupColumns } from "./aggregate.ts";
import { BUCKET_SQL } from "./bucket-sql.ts";
import { SETTINGS } from "./scope-clause.ts";
import { viewRows } from "./view-rows.ts";

/** Answer of {@link askTimeseries}, in order of time. */
export interface PointRow {
  /** Start of the bucket, Unix milliseconds. */
  start_ms: number;
  value: number | null;
  /** Views that hold a value. */
  views: number;
}

/**
 * One number per bucket that holds a view; `fillBuckets` adds the others.
 *
 * @param timeZone one of `TIME_ZONES`; decides where hours and days begin
 * @throws RangeError as `checkSeries`
 */
export function askTimeseries(
  scope: Scope,
  metric: Metric,
  measurement: Measurement,
  granularity: Granularity,
  timeZone = "UTC",
): Question {
  checkSeries({ ...scope, granularity, timeZone });
  const numbers = aggregate(metric, measurement, scope.weighted);
  const rows = viewRows(scope, metric, measurement, [`${BUCKET_SQL[granularity](metric.timeBasis)} AS bucket`]);
  return {
    sql: `
SELECT
  toFloat64(toUnixTimestamp(bucket)) * 1000 AS start_ms,
  toFloat64(${numbers.valueSql}) AS value,
  toFloat64(views) AS views
FROM (SELECT bucket, ${groupColumns(numbers, scope.weighted)} FROM ${rows.sql} GROUP BY bucket)
ORDER BY start_ms
${SETTINGS}`,
    params: { ...rows.params, timeZone },
  };
}
