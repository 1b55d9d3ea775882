import type { Question } from "../../monitoring/queries.ts";
import { RECORD_COLUMNS } from "../../view/record-columns.ts";
import { dimensionColumn } from "../dimension-column.ts";
import { dimensionById } from "../dimensions.ts";
import type { Metric } from "../metric.ts";
import { metricById } from "../metrics.ts";
import type { Scope, ViewFilter } from "../scope.ts";
import { filterConditions } from "./filter-conditions.ts";

type Params = Question["params"];

/**
 * The rows of `views` that a question is about, as a condition. The environment comes first and always.
 *
 * Time is asked of the column alone: it has a minmax index, which leaves out what cannot lie in the range, so nothing is
 * assumed of how long after its start a view arrives or how long it lasts. `FINAL` sees every version all the same
 * ({@link SETTINGS}).
 *
 * @param slice further filters. They are no alternatives to those of the scope: both have to keep a view
 */
export function scopeClause(scope: Scope, timeSql: string, slice: readonly ViewFilter[] = []): Question {
  if (![scope.fromMs, scope.toMs].every(Number.isSafeInteger)) throw new RangeError("a range is of whole milliseconds");
  const params: Params = { environmentId: scope.environmentId, fromMs: scope.fromMs, toMs: scope.toMs };
  const conditions = ["environment_id = {environmentId: UInt32}", timeSql, "counted = 1"];
  if (!scope.includeBots) conditions.push("bot = 0");
  for (const filters of [scope.filters, slice]) {
    conditions.push(...filterConditions(filters, (filter) => viewCondition(filter, params)));
  }
  conditions.push(...metricConditions(scope, params));
  return { sql: conditions.join(" AND "), params };
}

/** Whether a time of a view lies in the range asked. The range holds its beginning and not its end. */
export function inRange(column: Metric["timeBasis"]): string {
  return `${column} >= ${FROM} AND ${column} < ${TO}`;
}

const FROM = "fromUnixTimestamp64Milli({fromMs: Int64}, 'UTC')";
const TO = "fromUnixTimestamp64Milli({toMs: Int64}, 'UTC')";

/** Whether a view starts in the range, ends in it or lasts throughout it: no view ends before it starts. */
export const TOUCHES_RANGE = `view_end >= ${FROM} AND view_start < ${TO}`;

/**
 * A view's versions always lie in one partition, so partitions need no merging with each other. A granule that an index
 * left out is read after all where it may hold another version of a row that was found (exact mode). Expressions are not compiled:
 * over a day that takes as much as 7 % of a question, and over 30 days nothing is gained by it.
 */
export const SETTINGS =
  "SETTINGS do_not_merge_across_partitions_select_final = 1, use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1, compile_expressions = 0";

function viewCondition({ dimension: id, operator, values }: ViewFilter, params: Params): string {
  const dimension = dimensionById(id);
  if (dimension === null) throw new RangeError(`no dimension ${id}`);
  if (operator !== "is" && dimension.type !== "sequence") throw new RangeError(`${id} holds no lists`);
  if (operator === "is" && dimension.type === "sequence") throw new RangeError(`${id} holds lists`);
  const param = `f${Object.keys(params).length}`;
  if (operator === "equals_list") {
    params[param] = values;
    return `(${RECORD_COLUMNS[dimension.key].name} = {${param}: Array(String)})`;
  }
  const { sql, value } = dimensionColumn(dimension).isOneOf(param, values);
  params[param] = value;
  return `(${sql})`;
}

function metricConditions({ metricFilters }: Scope, params: Params): string[] {
  return metricFilters.map(({ metric: id, operator, value }) => {
    const metric = metricById(id);
    if (metric === null) throw new RangeError(`no metric ${id}`);
    if (!metric.filterable) throw new RangeError(`${id} keeps no views by its value`);
    if (!Number.isFinite(value)) throw new RangeError(`${id} compares with numbers`);
    const param = `m${Object.keys(params).length}`;
    params[param] = value;
    return `ifNull(${metric.perViewSql} ${OPERATORS[operator]} {${param}: Float64}, 0)`;
  });
}

const OPERATORS = { ">=": ">=", "<=": "<=", ">": ">", "<": "<", "=": "=" } as const;
