import type { Question } from "../../monitoring/queries.ts";
import type { Scope, ViewFilter } from "../scope.ts";
import type { SplitFilters } from "../split-filters.ts";
import { SUBVIEWS, type SubviewAttribute, type SubviewType, subviewAttribute } from "../subview.ts";
import { WEIGHT_SQL } from "./aggregate.ts";
import { filterConditions } from "./filter-conditions.ts";
import { inRange, scopeClause } from "./scope-clause.ts";

/** Which parts of which views a question is about. */
export interface SubviewScope {
  /** Its filters are of whole views: `splitFilters` tells which are. */
  views: Scope;
  type: SubviewType;
  /** Filters by attributes of the parts, `is` only. */
  filters: readonly ViewFilter[];
}

/** Sum of the playing time of parts, milliseconds. */
export const PLAYING_MS_SQL = "toFloat64(sum(part_ms))";

/**
 * The parts of the views that started in the range, one row each, with their playing time `part_ms`: a subquery in
 * brackets. Parts and metric `playing_time` go by the same time, so that they add up.
 *
 * @param extras further columns, over the view's columns and `part`, `SQL AS name`
 * @param slice further filters. They are no alternatives to those of the scope: both have to keep a view, or a part
 */
export function subviewRows(
  { views, type, filters }: SubviewScope,
  extras: readonly string[],
  slice: SplitFilters = NO_FILTERS,
): Question {
  const where = scopeClause(views, inRange("view_start"), slice.views);
  const { column } = SUBVIEWS[type];
  const playing = views.weighted ? `part.playing_ms * ${WEIGHT_SQL}` : "part.playing_ms";
  const conditions = [filters, slice.parts].flatMap((some) =>
    filterConditions(some, (filter) => partCondition(type, filter, where.params)),
  );
  return {
    sql: `(
  SELECT ${[`${playing} AS part_ms`, ...extras].join(", ")}
  FROM (SELECT * FROM views FINAL WHERE ${where.sql})
  ARRAY JOIN ${column} AS part
  ${conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`}
)`,
    params: where.params,
  };
}

const NO_FILTERS: SplitFilters = { views: [], parts: [] };

/** An attribute of a part as text; "" where the player did not tell. */
export function attributeText({ field, text }: SubviewAttribute): string {
  return text ? `part.${field}` : `if(part.${field} = 0, '', toString(part.${field}))`;
}

function partCondition(
  type: SubviewType,
  { dimension, operator, values }: ViewFilter,
  params: Question["params"],
): string {
  const attribute = subviewAttribute(type, dimension);
  if (attribute === null) throw new RangeError(`a ${type} has no ${dimension}`);
  if (operator !== "is") throw new RangeError(`${dimension} holds no lists`);
  const param = `f${Object.keys(params).length}`;
  params[param] = values;
  return `(${attributeText(attribute)} IN {${param}: Array(String)})`;
}
