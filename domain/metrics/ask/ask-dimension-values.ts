import type { Question } from "../../monitoring/queries.ts";
import { RECORD_COLUMNS } from "../../view/record-columns.ts";
import { type DimensionColumn, dimensionColumn } from "../dimension-column.ts";
import type { Dimension } from "../dimensions.ts";
import type { Scope } from "../scope.ts";
import { WEIGHT_SQL } from "./aggregate.ts";
import type { KeyedQuestion } from "./ask-labels.ts";
import { inRange, SETTINGS, scopeClause } from "./scope-clause.ts";

export interface ValueOptions {
  limit: number;
  offset: number;
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
  const column = dimensionColumn(dimension);
  const found = searched(dimension, column, options.search);
  return { ...countsOf(scope, column.groupSql, column.textSql("g"), found, options), keyed: column.keyed };
}

/** The same for the elements of lists: a view counts once for each different element. */
export function askElements(scope: Scope, dimension: Dimension, options: ValueOptions): Question {
  const { name, kind } = RECORD_COLUMNS[dimension.key];
  if (kind !== "labels") throw new RangeError(`${dimension.id} holds no lists`);
  const found = options.search === "" ? null : matches("toString(g)");
  return countsOf(scope, `arrayJoin(arrayDistinct(${name}))`, "toString(g)", found, options);
}

function countsOf(
  scope: Scope,
  groupSql: string,
  textSql: string,
  found: string | null,
  { limit, offset, search }: ValueOptions,
): Question {
  const where = scopeClause(scope, inRange("view_end"));
  return {
    sql: `
SELECT ${textSql} AS field, toFloat64(views) AS total_count, toFloat64(count() OVER ()) AS total_row_count
FROM (
  SELECT g, ${scope.weighted ? "sum(w)" : "count()"} AS views
  FROM (SELECT ${groupSql} AS g, ${WEIGHT_SQL} AS w FROM views FINAL WHERE ${where.sql})
  GROUP BY g
)
${found === null ? "" : `WHERE ${found}`}
ORDER BY total_count DESC, field
LIMIT {limit: UInt32} OFFSET {offset: UInt32}
${SETTINGS}`,
    params: { ...where.params, limit, offset, search },
  };
}

/** Groups that a search finds; the names of keys are searched in their own table, those of viewers in the views. */
function searched({ key }: Dimension, { keyed, textSql }: DimensionColumn, search: string): string | null {
  if (search === "") return null;
  if (!keyed) return matches(textSql("g"));
  const { name } = RECORD_COLUMNS[key];
  const ours = "environment_id = {environmentId: UInt32}";
  if (key === "viewerId") return `g IN (SELECT ${name}_key FROM views WHERE ${ours} AND ${matches(name)})`;
  return `g IN (SELECT key FROM dimension_values WHERE ${ours} AND dimension = '${name}' AND ${matches("value")})`;
}

function matches(textSql: string): string {
  return `positionCaseInsensitiveUTF8(${textSql}, {search: String}) > 0`;
}
