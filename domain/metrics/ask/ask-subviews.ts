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
import { attributeText, keySql, keyTexts, PLAYING_MS_SQL, type SubviewScope, subviewRows } from "./subview-rows.ts";
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
  const rows = subviewRows(scope);
  return { sql: `SELECT ${PLAYING_MS_SQL} AS metric_value FROM ${rows.sql} ${SETTINGS}`, params: rows.params };
}

/** Answer: {@link SubviewRow} with `total_row_count`, longest first. */
export function askSubviewBreakdown(
  scope: SubviewScope,
  attributes: readonly SubviewAttribute[],
  page: Page,
): PagedQuestion {
  const rows = subviewRows(scope, { parts: { g: keySql(attributes) } });
  return {
    sql: `
SELECT ${keyTexts(attributes, "g")} AS breakdown_values, metric_value, toFloat64(count() OVER ()) AS total_row_count
FROM (SELECT g, ${PLAYING_MS_SQL} AS metric_value FROM ${rows.sql} GROUP BY g)
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
  const rows = subviewRows(
    scope,
    withText(by, "dimension_value", { g: keySql(attributes) }),
    "field" in by
      ? { views: [], parts: [attributeFilter(by, values)] }
      : { views: values.map((value) => valueFilter(by, value)), parts: [] },
  );
  return {
    sql: `
SELECT dimension_value, ${keyTexts(attributes, "g")} AS breakdown_values, metric_value
FROM (SELECT dimension_value, g, ${PLAYING_MS_SQL} AS metric_value FROM ${rows.sql} GROUP BY dimension_value, g)
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
  const rows = subviewRows(scope, {
    views: { bucket: `${start}(view_start, {timeZone: String})` },
    parts: { g: keySql(attributes) },
  });
  return {
    sql: `
SELECT toFloat64(toUnixTimestamp(bucket)) * 1000 AS start_ms, breakdown_values, metric_value
FROM (
  SELECT *, dense_rank() OVER (ORDER BY whole DESC, breakdown_values) AS place
  FROM (
    SELECT bucket, ${keyTexts(attributes, "g")} AS breakdown_values, metric_value, sum(metric_value) OVER (PARTITION BY g) AS whole
    FROM (SELECT bucket, g, ${PLAYING_MS_SQL} AS metric_value FROM ${rows.sql} GROUP BY bucket, g)
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
  const isNumber = "field" in by ? !by.text : isNumeric(by);
  const order =
    orderBy === "value" ? valueOrder("value", isNumber, direction) : `playing_time ${directionSql(direction)}`;
  const rows = subviewRows(scope, withText(by, "value"));
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

/** The text of an attribute of parts, or of a dimension of their view, as a column beside others of parts. */
function withText(by: SubviewAttribute | Dimension, name: string, parts: Readonly<Record<string, string>> = {}) {
  return "field" in by
    ? { parts: { ...parts, [name]: attributeText(by) } }
    : { parts, views: { [name]: dimensionColumn(by).rowTextSql } };
}

function attributeFilter({ id }: SubviewAttribute, values: readonly string[]): ViewFilter {
  return { dimension: id, operator: "is", values, negated: false };
}
