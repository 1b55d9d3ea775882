import { RECORD_COLUMNS } from "../../view/record-columns.ts";
import { dimensionColumn } from "../dimension-column.ts";
import { type Dimension, isNumeric } from "../dimensions.ts";
import { NAMED_BY_VIEWS } from "../named-by-views.ts";
import type { Scope } from "../scope.ts";
import { WEIGHT_SQL } from "./aggregate.ts";
import type { KeyedQuestion } from "./ask-labels.ts";
import { isFound } from "./is-found.ts";
import { type Page, type PagedQuestion, pageParams } from "./page.ts";
import { inRange, SETTINGS, scopeClause, TOUCHES_RANGE } from "./scope-clause.ts";
import { type Direction, directionSql, valueOrder } from "./value-order.ts";

export interface ValueOptions extends Page {
  /** Part of the value, in any case; "" for all. */
  search: string;
  /** There is no metric here: `negative_impact` goes by the number of views too, and `value` by the value as `field` does. */
  orderBy: "negative_impact" | "value" | "views" | "field";
  direction: Direction;
}

/** Answer of {@link askDimensionValues}. */
export interface ValueRow {
  /** "" for none; the digits of the value's key where the question is `keyed`. */
  field: string;
  /** Views that ended in the range. */
  total_count: number;
  total_row_count: number;
}

/** Which values of a dimension there are, and in how many views. */
export function askDimensionValues(scope: Scope, dimension: Dimension, options: ValueOptions): KeyedQuestion {
  const column = dimensionColumn(dimension);
  const order = { isNumber: isNumeric(dimension), options };
  // in the order of names keys are of no use
  if (column.keyed && goesByValue(options)) {
    return {
      ...countsOf(scope, { groupSql: column.rowTextSql, textSql: "g", found: isFound("g") }, order),
      keyed: false,
    };
  }
  const textSql = column.textSql("g");
  const found = column.keyed ? isFoundByName(dimension) : isFound(textSql);
  return { ...countsOf(scope, { groupSql: column.groupSql, textSql, found }, order), keyed: column.keyed };
}

/** The same for the elements of lists: a view counts once for each different element. */
export function askElements(scope: Scope, dimension: Dimension, options: ValueOptions): PagedQuestion {
  const { name, kind } = RECORD_COLUMNS[dimension.key];
  if (kind !== "labels") throw new RangeError(`${dimension.id} holds no lists`);
  const elements = {
    groupSql: `arrayJoin(arrayDistinct(${name}))`,
    textSql: "toString(g)",
    found: isFound("toString(g)"),
  };
  return countsOf(scope, elements, { isNumber: false, options });
}

/** What is counted, in SQL. */
interface Counted {
  /** Over a view's columns. */
  groupSql: string;
  /** Over group `g`. */
  textSql: string;
  /** Whether the search finds group `g`. */
  found: string;
}

function countsOf(
  scope: Scope,
  { groupSql, textSql, found }: Counted,
  { isNumber, options }: { isNumber: boolean; options: ValueOptions },
): PagedQuestion {
  const { search, direction } = options;
  const order = goesByValue(options)
    ? valueOrder("field", isNumber, direction)
    : `total_count ${directionSql(direction)}, field`;
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
ORDER BY ${order}
LIMIT {limit: UInt32} OFFSET {offset: UInt32}
${SETTINGS}`,
    params: { ...where.params, ...pageParams(options), search },
  };
}

function goesByValue({ orderBy }: ValueOptions): boolean {
  return orderBy === "field" || orderBy === "value";
}

function isFoundByName({ key }: Dimension): string {
  const { name } = RECORD_COLUMNS[key];
  const ours = "environment_id = {environmentId: UInt32}";
  const keys = NAMED_BY_VIEWS.has(key)
    ? `SELECT ${name}_key FROM views WHERE ${ours} AND ${TOUCHES_RANGE} AND ${isFound(name)}`
    : `SELECT key FROM dimension_values WHERE ${ours} AND dimension = '${name}' AND ${isFound("value")}`;
  return `g IN (${keys})`;
}
