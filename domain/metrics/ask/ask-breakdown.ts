import { dimensionColumn } from "../dimension-column.ts";
import { type Dimension, isNumeric } from "../dimensions.ts";
import type { Measurement, Metric } from "../metric.ts";
import type { Scope } from "../scope.ts";
import { aggregate, groupColumns } from "./aggregate.ts";
import type { KeyedQuestion } from "./ask-labels.ts";
import { impactSql, levelSql } from "./impact.ts";
import { type Page, pageParams } from "./page.ts";
import { SETTINGS } from "./scope-clause.ts";
import { type Direction, directionSql, valueOrder } from "./value-order.ts";
import { viewRows } from "./view-rows.ts";

export interface BreakdownOptions extends Page {
  orderBy: "negative_impact" | "value" | "views" | "field";
  direction: Direction;
}

/** Answer of {@link askBreakdown}. */
export interface BreakdownRow {
  /** The value, "" for none; the digits of its key where the question is `keyed`. */
  field: string;
  value: number | null;
  views: number;
  total_watch_time: number;
  total_playing_time: number;
  /** (value − value of all) × views ÷ all views, turned so that more is worse; null where nothing is better or worse. */
  impact: number | null;
  /** Place by impact, or by value where that is null, among all rows; the worst is 1. */
  negative_impact: number;
  /** Rows without limit and offset. */
  total_row_count: number;
}

/**
 * One number for every value of a dimension that a view holds.
 *
 * @throws RangeError for a dimension that only filters
 */
export function askBreakdown(
  scope: Scope,
  metric: Metric,
  measurement: Measurement,
  dimension: Dimension,
  options: BreakdownOptions,
): KeyedQuestion {
  if (!dimension.groupable) throw new RangeError(`${dimension.id} breaks nothing down`);
  const column = dimensionColumn(dimension);
  // in the order of names keys are of no use
  const isNamed = column.keyed && options.orderBy === "field";
  const groupSql = isNamed ? column.rowTextSql : column.groupSql;
  const textSql = isNamed ? "group_row.1" : column.textSql("group_row.1");
  const numbers = aggregate(metric, measurement, scope.weighted);
  const rows = viewRows(scope, metric, measurement, [`${groupSql} AS g`]);
  return {
    sql: `
SELECT
  ${textSql} AS field,
  group_row.2 AS value,
  group_row.3 AS views,
  group_row.4 AS total_watch_time,
  group_row.5 AS total_playing_time,
  ${impactSql(metric, "group_row.6")} AS impact,
  toFloat64(row_number() OVER (ORDER BY ${worstSql(metric)} DESC NULLS LAST, views DESC, group_row.1)) AS negative_impact,
  total_row_count
FROM (
  SELECT
    groupArray((g, toFloat64(${numbers.valueSql}), toFloat64(views), toFloat64(watched_ms), toFloat64(played_ms), ${levelSql(numbers)})) AS group_rows,
    ${levelSql(numbers, "wholeSql")} AS whole,
    toFloat64(sum(views)) AS whole_views,
    toFloat64(count()) AS total_row_count
  FROM (SELECT g, ${groupColumns(numbers, scope.weighted)} FROM ${rows.sql} GROUP BY g)
)
ARRAY JOIN group_rows AS group_row
ORDER BY ${orderSql(options, metric, dimension)}
LIMIT {limit: UInt32} OFFSET {offset: UInt32}
${SETTINGS}`,
    params: { ...rows.params, ...pageParams(options) },
    keyed: column.keyed && !isNamed,
  };
}

/** Values in the order asked, then busy ones first, then by what they are grouped by, which no two have in common. */
function orderSql({ orderBy, direction }: BreakdownOptions, metric: Metric, dimension: Dimension): string {
  const number = { negative_impact: worstSql(metric), value: "value", views: "views", field: null }[orderBy];
  const order =
    number === null
      ? valueOrder("field", isNumeric(dimension), direction)
      : `${number} ${directionSql(direction)} NULLS LAST`;
  return `${order}, views DESC, group_row.1`;
}

/** What says how bad a row is; the value itself where nothing is better or worse. */
function worstSql({ better }: Metric): string {
  return better === null ? "value" : "impact";
}
