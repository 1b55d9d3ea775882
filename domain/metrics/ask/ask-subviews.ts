import type { Question } from "../../monitoring/queries.ts";
import { dimensionColumn } from "../dimension-column.ts";
import { type Dimension, isNumeric } from "../dimensions.ts";
import type { ViewFilter } from "../scope.ts";
import type { SubviewAttribute } from "../subview.ts";
import { checkSeries, type Granularity } from "../time-buckets.ts";
import { valueFilter } from "../value-filter.ts";
import { isFound } from "./is-found.ts";
import { type Page, type PagedQuestion, pageParams } from "./page.ts";
import { SETTINGS } from "./scope-clause.ts";
import { attributeText, PLAYING_MS_SQL, type SubviewScope, subviewRows } from "./subview-rows.ts";
import { uint32 } from "./uint32.ts";
import { type Direction, directionSql, valueOrder } from "./value-order.ts";

/** Widths that the buckets of a series of parts may have. */
export type SubviewGranularity = Extract<Granularity, "hour" | "day">;

/** Playing time of parts that are alike. */
export interface SubviewRow {
  /** Values of the attributes asked, in their order; "" where the player did not tell. */
  breakdown_values: string[];
  /** Milliseconds. */
  metric_value: number;
}

/** Answer: one row, `metric_value`. */
export function askSubviewOverall(scope: SubviewScope): Question {
  const rows = subviewRows(scope, []);
  return { sql: `SELECT ${PLAYING_MS_SQL} AS metric_value FROM ${rows.sql} ${SETTINGS}`, params: rows.params };
}

/** Answer: {@link SubviewRow} with `total_row_count`, longest first. */
export function askSubviewBreakdown(
  scope: SubviewScope,
  attributes: readonly SubviewAttribute[],
  page: Page,
): PagedQuestion {
  const rows = subviewRows(scope, [`${attributesSql(attributes)} AS breakdown_values`]);
  return {
    sql: `
SELECT breakdown_values, ${PLAYING_MS_SQL} AS metric_value, toFloat64(count() OVER ()) AS total_row_count
FROM ${rows.sql}
GROUP BY breakdown_values
ORDER BY metric_value DESC, breakdown_values
LIMIT {limit: UInt32} OFFSET {offset: UInt32}
${SETTINGS}`,
    params: { ...rows.params, ...pageParams(page) },
  };
}

/**
 * Answer: {@link SubviewRow} with `dimension_value`, the longest few of each of the values asked. Of a value without parts
 * there is no row.
 *
 * @param by a dimension of views, or an attribute of their parts
 * @param values as `valueFilter` reads them; of an attribute its texts
 */
export function askSubviewComparison(
  scope: SubviewScope,
  attributes: readonly SubviewAttribute[],
  by: SubviewAttribute | Dimension,
  values: readonly string[],
  limit: number,
): Question {
  const { textSql } = textOf(by);
  const rows = subviewRows(
    scope,
    [`${attributesSql(attributes)} AS breakdown_values`, `${textSql} AS dimension_value`],
    "field" in by
      ? { views: [], parts: [attributeFilter(by, values)] }
      : { views: values.map((value) => valueFilter(by, value)), parts: [] },
  );
  return {
    sql: `
SELECT dimension_value, breakdown_values, ${PLAYING_MS_SQL} AS metric_value
FROM ${rows.sql}
GROUP BY dimension_value, breakdown_values
ORDER BY dimension_value, metric_value DESC, breakdown_values
LIMIT {limit: UInt32} BY dimension_value
${SETTINGS}`,
    params: { ...rows.params, limit: uint32("limit", limit, 1) },
  };
}

/** Answer of {@link askSubviewTimeseries}. */
export interface SubviewPointRow extends SubviewRow {
  /** Start of the bucket, Unix milliseconds. */
  start_ms: number;
}

/** The values that are the longest over the whole range, in each bucket that holds one; `subviewSeries` adds the others. */
export function askSubviewTimeseries(
  scope: SubviewScope,
  attributes: readonly SubviewAttribute[],
  granularity: SubviewGranularity,
  limit: number,
  timeZone = "UTC",
): Question {
  checkSeries({ ...scope.views, granularity, timeZone });
  const start = granularity === "hour" ? "toStartOfHour" : "toStartOfDay";
  const rows = subviewRows(scope, [
    `${attributesSql(attributes)} AS breakdown_values`,
    `${start}(view_start, {timeZone: String}) AS bucket`,
  ]);
  return {
    sql: `
SELECT toFloat64(toUnixTimestamp(bucket)) * 1000 AS start_ms, breakdown_values, metric_value
FROM (
  SELECT *, dense_rank() OVER (ORDER BY whole DESC, breakdown_values) AS place
  FROM (
    SELECT bucket, breakdown_values, ${PLAYING_MS_SQL} AS metric_value, sum(metric_value) OVER (PARTITION BY breakdown_values) AS whole
    FROM ${rows.sql}
    GROUP BY bucket, breakdown_values
  )
)
WHERE place <= {limit: UInt32}
ORDER BY start_ms, place
${SETTINGS}`,
    params: { ...rows.params, limit: uint32("limit", limit, 1), timeZone },
  };
}

export interface SubviewValueOptions extends Page {
  /** Part of the value, in any case; "" for all. */
  search: string;
  orderBy: "playing_time" | "value";
  direction: Direction;
}

/** Values of an attribute of parts, or of a dimension of their views. Answer: `value`, `playing_time`, `total_row_count`. */
export function askSubviewValues(
  scope: SubviewScope,
  by: SubviewAttribute | Dimension,
  { search, orderBy, direction, ...page }: SubviewValueOptions,
): PagedQuestion {
  const { textSql, isNumber } = textOf(by);
  const order =
    orderBy === "value" ? valueOrder("value", isNumber, direction) : `playing_time ${directionSql(direction)}`;
  const rows = subviewRows(scope, [`${textSql} AS value`]);
  const found = search === "" ? "" : `WHERE ${isFound("value")}`;
  return {
    sql: `
SELECT value, ${PLAYING_MS_SQL} AS playing_time, toFloat64(count() OVER ()) AS total_row_count
FROM ${rows.sql} ${found}
GROUP BY value
ORDER BY ${order}, value
LIMIT {limit: UInt32} OFFSET {offset: UInt32}
${SETTINGS}`,
    params: { ...rows.params, ...pageParams(page), search },
  };
}

/** What is written in a row of parts for an attribute, or for a dimension of their view. */
function textOf(by: SubviewAttribute | Dimension): { textSql: string; isNumber: boolean } {
  return "field" in by
    ? { textSql: attributeText(by), isNumber: !by.text }
    : { textSql: dimensionColumn(by).rowTextSql, isNumber: isNumeric(by) };
}

function attributeFilter({ id }: SubviewAttribute, values: readonly string[]): ViewFilter {
  return { dimension: id, operator: "is", values, negated: false };
}

function attributesSql(attributes: readonly SubviewAttribute[]): string {
  return `[${attributes.map(attributeText).join(", ")}]`;
}
