import { RECORD_COLUMNS } from "../../view/record-columns.ts";
import type { Measurement, Metric } from "../metric.ts";
import { aggregate } from "./aggregate.ts";

/** One number of several that are made in one pass. */
export interface AskedNumber {
  metric: Metric;
  measurement: Measurement;
}

/** Several numbers of the same views side by side, each metric by its own time of a view. */
export interface NumbersBeside<N extends AskedNumber> {
  /** Columns of a view, over columns of table `views` and the flags `started` and `ended_in`. */
  viewColumns: readonly string[];
  /** Columns of a group of views, over those and the weight `w`. */
  groupColumns: readonly string[];
  /** Over the columns of a group. */
  numbers: readonly { asked: N; valueSql: string; viewsSql: string }[];
}

/** @throws RangeError for a measurement that a metric does not have */
export function numbersBeside<N extends AskedNumber>(asked: readonly N[], weighted: boolean): NumbersBeside<N> {
  const metrics = [...new Set(asked.map(({ metric }) => metric))];
  const suffix = (metric: Metric) => `_${metrics.indexOf(metric)}`;
  const numbers = asked.map((each) => {
    const beside = { suffix: suffix(each.metric), bothQuantiles: true };
    return { asked: each, ...aggregate(each.metric, each.measurement, weighted, beside) };
  });
  const parts = numbers.flatMap((each) => Object.entries(each.parts).map(([name, sql]) => `${sql} AS ${name}`));
  return {
    viewColumns: metrics.flatMap((metric) => viewColumns(metric, suffix(metric))),
    groupColumns: [
      ...metrics.map((metric) => `${viewsSql(`v${suffix(metric)}`, weighted)} AS views${suffix(metric)}`),
      ...new Set(parts),
    ],
    numbers: numbers.map(({ asked: each, valueSql }) => {
      return { asked: each, valueSql, viewsSql: `views${suffix(each.metric)}` };
    }),
  };
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
