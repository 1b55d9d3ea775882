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

/**
 * Dimensions of one GROUPING SETS. Planning it grows with the square of its sets, and each reads the views once more. All 85 in
 * one: 135 ms to plan, 530 ms of processor time over 80,000 views; in four: 70 ms and 335 ms.
 */
const SETS_AT_ONCE = 21;

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
  const numbers = aggregate(metric, measurement, scope.weighted);
  const groupings: Question[] = [];
  for (let at = 0; at < dimensions.length; at += SETS_AT_ONCE) {
    const columns = dimensions.slice(at, at + SETS_AT_ONCE).map((dimension, n) => {
      return { ...dimensionColumn(dimension), dimension, name: `g${n}` };
    });
    const named = columns.map(({ groupSql, name }) => `${groupSql} AS ${name}`);
    const rows = viewRows(scope, metric, measurement, named);
    const sql = groupingSql(columns, at === 0, `${groupColumns(numbers, scope.weighted)} FROM ${rows.sql}`);
    groupings.push({ sql, params: rows.params });
  }
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
  FROM (${groupings.map(({ sql }) => sql).join("\n    UNION ALL")}
  ) AS group_row
)
WHERE dimension != '' AND ${differs("level", "whole")} AND impact ${direction === "desc" ? ">" : "<"} 0
ORDER BY impact ${directionSql(direction)}, views DESC, dimension, field
LIMIT {limit: UInt32}
${SETTINGS}`,
    params: { ...groupings[0]?.params, limit: uint32("limit", limit, 1) },
  };
}

interface NamedColumn extends DimensionColumn {
  dimension: Dimension;
  /** Of the column in the rows. */
  name: string;
}

/** Groups by each of the columns, and all views where they are wanted. */
function groupingSql(columns: readonly NamedColumn[], withAll: boolean, numbersFromSql: string): string {
  const sets = [...(withAll ? ["()"] : []), ...columns.map(({ name }) => `(${name})`)];
  return `
    SELECT ${dimensionSql(columns)} AS dimension, ${fieldSql(columns)} AS field, ${numbersFromSql}
    GROUP BY GROUPING SETS (${sets.join(", ")})`;
}

/** Id of the dimension that a set groups by, "" for the set of all views. A column's bit is 0 in its set; the first is the highest. */
function dimensionSql(columns: readonly NamedColumn[]): string {
  const names = columns.map(({ name }) => name).join(", ");
  const bits = columns.map((_, at) => 2 ** columns.length - 1 - 2 ** (columns.length - 1 - at)).join(", ");
  const ids = columns.map(({ dimension }) => `'${dimension.id}'`).join(", ");
  return `transform(grouping(${names}), [${bits}], [${ids}], '')`;
}

/**
 * Text of the column that a set groups by. The others hold "" or 0 then, so all texts, and all keys, are joined: an expression for
 * each took longer to plan than to work out.
 */
function fieldSql(columns: readonly NamedColumn[]): string {
  const texts = columns.filter(({ isText }) => isText).map(({ name }) => name);
  const keys = columns.filter(({ keyed }) => keyed).map(({ name }) => name);
  const others = columns.filter(({ isText, keyed }) => !isText && !keyed);
  const picked = others.map(({ name, textSql }) => `grouping(${name}) = 0, ${textSql(name)}, `);
  const keyText = "key -> if(key IN (0, cityHash64('')), '', toString(key))";
  return `concat(
      arrayStringConcat([${texts.join(", ")}]::Array(String)),
      arrayStringConcat(arrayMap(${keyText}, [${keys.join(", ")}]::Array(UInt64))),
      ${picked.length === 0 ? "''" : `multiIf(${picked.join("")}'')`})`;
}

/** Sums of the same numbers in another order differ in their last digits: a value that all views share is no insight. */
function differs(one: string, other: string): string {
  return `abs(${one} - ${other}) > 1e-9 * greatest(abs(${one}), abs(${other}))`;
}
