import type { Question } from "../../monitoring/queries.ts";
import { dimensionColumn } from "../dimension-column.ts";
import type { Dimension } from "../dimensions.ts";
import type { SubviewAttribute } from "../subview.ts";
import { isFound } from "./is-found.ts";
import type { Page, PagedQuestion } from "./page.ts";
import { SETTINGS } from "./scope-clause.ts";
import { attributeText, PLAYING_MS_SQL, type SubviewScope, subviewRows } from "./subview-rows.ts";

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
  { limit, offset }: Page,
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
    params: { ...rows.params, limit, offset },
  };
}

/** Answer: {@link SubviewRow} with `dimension_value`, the longest few of each of the values asked. */
export function askSubviewComparison(
  scope: SubviewScope,
  attributes: readonly SubviewAttribute[],
  dimension: Dimension,
  values: readonly string[],
  limit: number,
): Question {
  const { rowTextSql } = dimensionColumn(dimension);
  const filter = { dimension: dimension.id, operator: "is", values, negated: false } as const;
  const views = { ...scope.views, filters: [...scope.views.filters, filter] };
  const rows = subviewRows({ ...scope, views }, [
    `${attributesSql(attributes)} AS breakdown_values`,
    `${rowTextSql} AS dimension_value`,
  ]);
  return {
    sql: `
SELECT dimension_value, breakdown_values, ${PLAYING_MS_SQL} AS metric_value
FROM ${rows.sql}
GROUP BY dimension_value, breakdown_values
ORDER BY dimension_value, metric_value DESC, breakdown_values
LIMIT {limit: UInt32} BY dimension_value
${SETTINGS}`,
    params: { ...rows.params, limit },
  };
}

/** Answer: {@link SubviewRow} with `start_ms` of its bucket, of the values that are the longest over the whole range. */
export function askSubviewTimeseries(
  scope: SubviewScope,
  attributes: readonly SubviewAttribute[],
  granularity: "hour" | "day",
  limit: number,
  timeZone = "UTC",
): Question {
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
    params: { ...rows.params, limit, timeZone },
  };
}

export interface SubviewValueOptions extends Page {
  /** Part of the value, in any case; "" for all. */
  search: string;
  orderBy: "playing_time" | "value";
  direction: "asc" | "desc";
}

/** Values of an attribute of parts, or of a dimension of their views. Answer: `value`, `playing_time`, `total_row_count`. */
export function askSubviewValues(
  scope: SubviewScope,
  by: SubviewAttribute | Dimension,
  { limit, offset, search, orderBy, direction }: SubviewValueOptions,
): PagedQuestion {
  const textSql = "field" in by ? attributeText(by) : dimensionColumn(by).rowTextSql;
  const rows = subviewRows(scope, [`${textSql} AS value`]);
  const found = search === "" ? "" : `WHERE ${isFound("value")}`;
  return {
    sql: `
SELECT value, ${PLAYING_MS_SQL} AS playing_time, toFloat64(count() OVER ()) AS total_row_count
FROM ${rows.sql} ${found}
GROUP BY value
ORDER BY ${orderBy === "value" ? "value" : "playing_time"} ${direction === "asc" ? "ASC" : "DESC"}, value
LIMIT {limit: UInt32} OFFSET {offset: UInt32}
${SETTINGS}`,
    params: { ...rows.params, limit, offset, search },
  };
}

function attributesSql(attributes: readonly SubviewAttribute[]): string {
  return `[${attributes.map(attributeText).join(", ")}]`;
}
