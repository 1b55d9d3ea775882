import type { Question } from "../../monitoring/queries.ts";
import { type DimensionColumn, dimensionColumn } from "../dimension-column.ts";
import type { Dimension } from "../dimensions.ts";
import type { Measurement, Metric } from "../metric.ts";
import type { Scope } from "../scope.ts";
import { aggregate, groupColumns } from "./aggregate.ts";
import { impactSql, levelSql } from "./impact.ts";
import { SETTINGS } from "./scope-clause.ts";
import { uint32 } from "./uint32.ts";
import { type Direction, directionSql } from "./value-order.ts";
import { viewRows } from "./view-rows.ts";

export interface InsightOptions {
  limit: number;
  /** `desc`: what worsens the metric most; `asc`: what improves it most. */
  direction: Direction;
}

/** Answer of {@link askInsights}. */
export interface InsightRow {
  /** Id of the dimension. */
  dimension: string;
  /** The value, "" for none; the digits of its key where the dimension's column is keyed: ask `askLabels`. */
  field: string;
  value: number | null;
  /** How much views with this value worsen the whole: above 0, or below where what improves was asked. */
  impact: number;
  views: number;
  total_watch_time: number;
  total_playing_time: number;
  /** Rows without limit. */
  total_row_count: number;
}

/**
 * The values that worsen or improve a metric most, over many dimensions, in one pass over the views.
 *
 * @param dimensions usually all of `INSIGHT_DIMENSIONS`
 * @throws RangeError for a metric of which neither direction is better, and for a dimension that only filters
 */
export function askInsights(
  scope: Scope,
  metric: Metric,
  measurement: Measurement,
  dimensions: readonly Dimension[],
  { limit, direction }: InsightOptions,
): Question {
  if (metric.better === null) throw new RangeError(`of ${metric.id} neither direction is better`);
  for (const { id, groupable } of dimensions) {
    if (!groupable) throw new RangeError(`${id} breaks nothing down`);
  }
  const columns = dimensions.map(dimensionColumn);
  const numbers = aggregate(metric, measurement, scope.weighted);
  const rows = viewRows(
    scope,
    metric,
    measurement,
    columns.map(({ groupSql }, at) => `${groupSql} AS g${at}`),
  );
  const pick = (of: (column: DimensionColumn, at: number) => string) =>
    `multiIf(${columns.map((column, at) => `grouping(g${at}) = 0, ${of(column, at)}`).join(", ")}, '')`;
  const sets = ["()", ...columns.map((_, at) => `(g${at})`)].join(", ");
  return {
    sql: `
SELECT dimension, field, value, ${impactSql(metric, "level")} AS impact, views, total_watch_time, total_playing_time, toFloat64(count() OVER ()) AS total_row_count
FROM (
  SELECT
    dimension,
    field,
    toFloat64(${numbers.valueSql}) AS value,
    ${levelSql(numbers)} AS level,
    toFloat64(group_row.views) AS views,
    toFloat64(watched_ms) AS total_watch_time,
    toFloat64(played_ms) AS total_playing_time,
    maxIf(level, dimension = '') OVER () AS whole,
    maxIf(views, dimension = '') OVER () AS whole_views
  FROM (
    SELECT
      ${pick((_, at) => `'${dimensions[at]?.id}'`)} AS dimension,
      ${pick(({ textSql }, at) => textSql(`g${at}`))} AS field,
      ${groupColumns(numbers, scope.weighted)}
    FROM ${rows.sql}
    GROUP BY GROUPING SETS (${sets})
  ) AS group_row
)
WHERE dimension != '' AND ${differs("level", "whole")} AND impact ${direction === "desc" ? ">" : "<"} 0
ORDER BY impact ${directionSql(direction)}, views DESC, dimension, field
LIMIT {limit: UInt32}
${SETTINGS}`,
    params: { ...rows.params, limit: uint32("limit", limit, 1) },
  };
}

/** Sums of the same numbers in another order differ in their last digits: a value that all views share is no insight. */
function differs(one: string, other: string): string {
  return `abs(${one} - ${other}) > 1e-9 * greatest(abs(${one}), abs(${other}))`;
}
