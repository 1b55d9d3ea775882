import type { Question } from "../../monitoring/queries.ts";
import { RECORD_COLUMNS } from "../../view/record-columns.ts";
import { COMPARED_SCORES, COMPARED_TOTALS, type ComparedItem } from "../comparison.ts";
import type { Dimension } from "../dimensions.ts";
import type { Metric } from "../metric.ts";
import { metricById } from "../metrics.ts";
import type { Scope } from "../scope.ts";
import { valueFilter } from "../value-filter.ts";
import { aggregate, WEIGHT_SQL } from "./aggregate.ts";
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
  const { weighted } = scope;
  const items = [...new Map(ITEMS.map((item) => [comparedColumn(item), item])).values()];
  const metrics = [...new Set(items.map(metricOf))];
  const suffix = (metric: Metric) => `_${metrics.indexOf(metric)}`;
  const numbers = items.map((item) => {
    const metric = metricOf(item);
    return { item, ...aggregate(metric, item.measurement, weighted, { suffix: suffix(metric), bothQuantiles: true }) };
  });
  const parts = [
    ...metrics.map((metric) => `${viewsSql(`v${suffix(metric)}`, weighted)} AS views${suffix(metric)}`),
    ...new Set(numbers.flatMap((each) => Object.entries(each.parts).map(([name, sql]) => `${sql} AS ${name}`))),
  ];
  const columns = metrics.flatMap((metric) => viewColumns(metric, suffix(metric)));
  const sliced = slice === null ? [] : [valueFilter(slice.dimension, slice.value)];
  const where = scopeClause(scope, `${TOUCHES_RANGE} AND (started OR ended_in)`, sliced);
  return {
    sql: `
SELECT ${numbers.map(({ item, valueSql }) => `toFloat64(${valueSql}) AS ${comparedColumn(item)}`).join(",\n  ")}
FROM (
  SELECT ${parts.join(",\n    ")}
  FROM (
    SELECT
      ${inRange("view_start")} AS started,
      ${inRange("view_end")} AS ended_in,
      ${WEIGHT_SQL} AS w,
      ${columns.join(",\n      ")}
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

/** A metric's columns of a view; NULL where the view does not count in it. */
function viewColumns({ perViewSql, average, timeBasis }: Metric, suffix: string): string[] {
  const value = `if(${timeBasis === "view_start" ? "started" : "ended_in"}, ${perViewSql}, NULL) AS v${suffix}`;
  const held = (sql: string, name: string) => `if(isNotNull(v${suffix}), ${sql}, NULL) AS ${name}${suffix}`;
  if (average.kind === "distinct") return [value, held(average.keySql, "k")];
  if (average.kind === "mean") return [value];
  return [value, held(RECORD_COLUMNS[average.part].name, "part"), held(RECORD_COLUMNS[average.whole].name, "whole")];
}

function viewsSql(value: string, weighted: boolean): string {
  return weighted ? `sumIf(w, isNotNull(${value}))` : `count(${value})`;
}
