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

/** Columns beside the playing time of parts: `name → SQL`. */
interface Extras {
  /** Over the view's columns, worked out once for all its parts. */
  views?: Readonly<Record<string, string>>;
  /** Over `part`. */
  parts?: Readonly<Record<string, string>>;
}

/**
 * The parts of the views that started in the range, one row each, with their playing time `part_ms`: a subquery in
 * brackets. Parts and metric `playing_time` go by the same time, so that they add up. Of the views only the columns are read
 * that are named here: with all of them it took 1.7 times as long.
 *
 * @param slice further filters. They are no alternatives to those of the scope: both have to keep a view, or a part
 */
export function subviewRows(
  { views, type, filters }: SubviewScope,
  extras: Extras = {},
  slice: SplitFilters = NO_FILTERS,
): Question {
  const where = scopeClause(views, inRange("view_start"), slice.views);
  const { views: ofViews = {}, parts: ofParts = {} } = extras;
  const inner = columns({ parts: SUBVIEWS[type].column, ...(views.weighted && { w: WEIGHT_SQL }), ...ofViews });
  const playing = views.weighted ? "part.playing_ms * w" : "part.playing_ms";
  const outer = [columns({ part_ms: playing, ...ofParts }), ...Object.keys(ofViews)].join(", ");
  const conditions = [filters, slice.parts].flatMap((some) =>
    filterConditions(some, (filter) => partCondition(type, filter, where.params)),
  );
  return {
    sql: `(
  SELECT ${outer}
  FROM (SELECT ${inner} FROM views FINAL WHERE ${where.sql})
  ARRAY JOIN parts AS part
  ${conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`}
)`,
    params: where.params,
  };
}

function columns(named: Readonly<Record<string, string>>): string {
  return Object.entries(named)
    .map(([name, sql]) => `${sql} AS ${name}`)
    .join(", ");
}

const NO_FILTERS: SplitFilters = { views: [], parts: [] };

/** An attribute of a part as text; "" where the player did not tell. */
export function attributeText({ field, text }: SubviewAttribute): string {
  return asText(`part.${field}`, text);
}

/**
 * Several attributes of a part as one value to group by. As texts they take three times as long, so texts are made of groups
 * ({@link keyTexts}): they are equal exactly where the values are.
 */
export function keySql(attributes: readonly SubviewAttribute[]): string {
  return `tuple(${attributes.map(({ field }) => `part.${field}`).join(", ")})`;
}

/** The texts of a key that stands in column `name`. */
export function keyTexts(attributes: readonly SubviewAttribute[], name: string): string {
  return `[${attributes.map(({ text }, at) => asText(`${name}.${at + 1}`, text)).join(", ")}]`;
}

function asText(sql: string, isText: boolean): string {
  return isText ? sql : `if(${sql} = 0, '', toString(${sql}))`;
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
