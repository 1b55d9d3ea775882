import type { Question } from "../../monitoring/queries.ts";
import type { Measurement, Metric } from "../metric.ts";
import type { Scope } from "../scope.ts";
import { viewColumns } from "./aggregate.ts";
import { inRange, scopeClause } from "./scope-clause.ts";

/**
 * The views of a scope that hold a value of the metric, one row each, newest version: a subquery in brackets.
 *
 * @param extras further columns, `SQL AS name`
 */
export function viewRows(
  scope: Scope,
  metric: Metric,
  measurement: Measurement,
  extras: readonly string[] = [],
): Question {
  const where = scopeClause(scope, inRange(metric.timeBasis));
  const columns = [viewColumns(metric, measurement, scope.weighted), ...extras].join(", ");
  return {
    sql: `(SELECT ${columns} FROM views FINAL WHERE ${where.sql} AND isNotNull(${metric.perViewSql}))`,
    params: where.params,
  };
}
