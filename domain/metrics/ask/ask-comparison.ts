import type { Question } from "../../monitoring/queries.ts";
import { COMPARED_SCORES, COMPARED_TOTALS, type ComparedItem } from "../comparison.ts";
import type { Dimension } from "../dimensions.ts";
import type { Metric } from "../metric.ts";
import { metricById } from "../metrics.ts";
import type { Scope } from "../scope.ts";
import { valueFilter } from "../value-filter.ts";
import { WEIGHT_SQL } from "./aggregate.ts";
import { numbersBeside } from "./numbers-beside.ts";
import { inRange, SETTINGS, scopeClause, TOUCHES_RANGE } from "./scope-clause.ts";

/** Answer of {@link askComparison}: one row, a column for each item, named by {@link comparedColumn}. */
export type ComparisonRow = Readonly<Record<string, number | null>>;

export function comparedColumn({ metric, measurement }: ComparedItem): string {
  return `${metric}_${measurement}`;
}

const ITEMS: readonly ComparedItem[] = [
  ...Object.values(COMPARED_TOTALS),
  ...COMPARED_SCORES.flatMap(({ score, items }) => [score, ...items]),
];

/** Views with one value of a dimension, spelled as `valueFilter` reads it. */
export interface Slice {
  dimension: Dimension;
  value: string;
}

/** Every number of a scope or a slice of it, in one pass; each metric goes by its own time of a view. */
export function askComparison(scope: Scope, slice: Slice | null = null): Question {
  const items = [...new Map(ITEMS.map((item) => [comparedColumn(item), item])).values()];
  const asked = items.map((item) => ({ item, metric: metricOf(item), measurement: item.measurement }));
  const { viewColumns, groupColumns, numbers } = numbersBeside(asked, scope.weighted);
  const sliced = slice === null ? [] : [valueFilter(slice.dimension, slice.value)];
  const where = scopeClause(scope, `${TOUCHES_RANGE} AND (started OR ended_in)`, sliced);
  return {
    sql: `
SELECT ${numbers.map(({ asked: { item }, valueSql }) => `toFloat64(${valueSql}) AS ${comparedColumn(item)}`).join(",\n  ")}
FROM (
  SELECT ${groupColumns.join(",\n    ")}
  FROM (
    SELECT
      ${inRange("view_start")} AS started,
      ${inRange("view_end")} AS ended_in,
      ${WEIGHT_SQL} AS w,
      ${viewColumns.join(",\n      ")}
    FROM views FINAL
    WHERE ${where.sql}
  )
)
${SETTINGS}`,
    params: where.params,
  };
}

function metricOf({ metric: id }: ComparedItem): Metric {
  const metric = metricById(id);
  if (metric === null) throw new RangeError(`no metric ${id}`);
  return metric;
}
