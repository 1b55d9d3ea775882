import { RECORD_COLUMNS } from "../../view/record-columns.ts";
import { dimensionColumn } from "../dimension-column.ts";
import type { Dimension } from "../dimensions.ts";
import { NAMED_BY_VIEWS } from "../named-by-views.ts";
import type { Scope } from "../scope.ts";
import { WEIGHT_SQL } from "./aggregate.ts";
import type { KeyedQuestion } from "./ask-labels.ts";
import { isFound } from "./is-found.ts";
import type { Page, PagedQuestion } from "./page.ts";
import { inRange, SETTINGS, scopeClause, TOUCHES_RANGE } from "./scope-clause.ts";

export interface ValueOptions extends Page {
  /** Part of the value, in any case; "" for all. */
  search: string;
}

/** Answer of {@link askDimensionValues}, busiest first. */
export interface ValueRow {
  /** "" for none; the digits of the value's key where the question is `keyed`. */
  field: string;
  /** Views that ended in the range. */
  total_count: number;
  total_row_count: number;
}

/** Which values of a dimension there are, and in how many views. */
export function askDimensionValues(scope: Scope, dimension: Dimension, options: ValueOptions): KeyedQuestion {
  const { groupSql, textSql, keyed } = dimensionColumn(dimension);
  const found = keyed ? isFoundByName(dimension) : isFound(textSql("g"));
  return { ...countsOf(scope, groupSql, textSql("g"), found, options), keyed };
}

/** The same for the elements of lists: a view counts once for each different element. */
export function askElements(scope: Scope, dimension: Dimension, options: ValueOptions): PagedQuestion {
  const { name, kind } = RECORD_COLUMNS[dimension.key];
  if (kind !== "labels") throw new RangeError(`${dimension.id} holds no lists`);
  return countsOf(scope, `arrayJoin(arrayDistinct(${name}))`, "toString(g)", isFound("toString(g)"), options);
}

/** @param found whether the search finds group `g` */
function countsOf(
  scope: Scope,
  groupSql: string,
  textSql: string,
  found: string,
  { limit, offset, search }: ValueOptions,
): PagedQuestion {
  const where = scopeClause(scope, inRange("view_end"));
  return {
    sql: `
SELECT ${textSql} AS field, toFloat64(views) AS total_count, toFloat64(count() OVER ()) AS total_row_count
FROM (
  SELECT g, ${scope.weighted ? "sum(w)" : "count()"} AS views
  FROM (SELECT ${groupSql} AS g, ${WEIGHT_SQL} AS w FROM views FINAL WHERE ${where.sql})
  GROUP BY g
)
${search === "" ? "" : `WHERE ${found}`}
ORDER BY total_count DESC, field
LIMIT {limit: UInt32} OFFSET {offset: UInt32}
${SETTINGS}`,
    params: { ...where.params, limit, offset, search },
  };
}

function isFoundByName({ key }: Dimension): string {
  const { name } = RECORD_COLUMNS[key];
  const ours = "environment_id = {environmentId: UInt32}";
  const keys = NAMED_BY_VIEWS.has(key)
    ? `SELECT ${name}_key FROM views WHERE ${ours} AND ${TOUCHES_RANGE} AND ${isFound(name)}`
    : `SELECT key FROM dimension_values WHERE ${ours} AND dimension = '${name}' AND ${isFound("value")}`;
  return `g IN (${keys})`;
}
