import { RECORD_COLUMNS } from "../../view/record-columns.ts";
import type { Measurement, Metric } from "../metric.ts";

/** How the rows of {@link viewRows} become one number, in two steps: groups of views, then all groups. */
export interface Aggregate {
  /** Columns of a group, from its views: `name → SQL`. */
  parts: Readonly<Record<string, string>>;
  /** The value of a group, from its parts and `views`. */
  valueSql: string;
  /** What of a group compares with the whole: its value, or per view where that is a sum. null: nothing does. */
  level: { groupSql: string; wholeSql: string } | null;
}

/** Share of viewers tracked is told to six digits; stored as Float32 it has lost a few. */
const RATE_SQL = "round(toFloat64(sample_rate), 6)";
/** Each view stands for so many. */
export const WEIGHT_SQL = `if(${RATE_SQL} > 0, 1 / ${RATE_SQL}, 1)`;

/** Weights are whole numbers there: thousandths. */
const QUANTILE_WEIGHT_SQL = "toUInt64(round(w * 1000))";

const LEVELS = { median: 0.5, "95th": 0.95 } as const;

/** @throws RangeError for a measurement that the metric does not have */
export function aggregate(metric: Metric, measurement: Measurement, weighted: boolean): Aggregate {
  if (!metric.measurements.includes(measurement)) throw new RangeError(`${metric.id} has no ${measurement}`);
  const { average } = metric;
  if (average.kind === "distinct") return distinct(weighted);
  if (measurement === "count") return { parts: {}, valueSql: "views", level: null };
  if (measurement === "median" || measurement === "95th") return quantile(LEVELS[measurement], weighted);
  const total = { total: sumSql("v", weighted) };
  const mean = { groupSql: "total / views", wholeSql: "sum(total) / sum(views)" };
  if (measurement === "sum") return { parts: total, valueSql: "total", level: mean };
  if (average.kind === "mean") return { parts: total, valueSql: mean.groupSql, level: mean };
  const { factor } = average;
  const level = {
    groupSql: `part_total / whole_total * ${factor}`,
    wholeSql: `sum(part_total) / sum(whole_total) * ${factor}`,
  };
  const parts = { part_total: sumSql("part", weighted), whole_total: sumSql("whole", weighted) };
  return { parts, valueSql: level.groupSql, level };
}

/**
 * Unweighted: linear interpolation between the neighbours of rank level × (n − 1), counted from 0. Weighted: the smallest
 * value up to which the weights reach level × all weights.
 */
function quantile(level: number, weighted: boolean): Aggregate {
  const name = weighted ? "quantileExactWeighted" : "quantileExactInclusive";
  const args = weighted ? `v, ${QUANTILE_WEIGHT_SQL}` : "v";
  return {
    parts: { state: `${name}State(${level})(${args})` },
    valueSql: "finalizeAggregation(state)",
    level: { groupSql: "finalizeAggregation(state)", wholeSql: `${name}Merge(${level})(state)` },
  };
}

/** Weighted, each viewer counts once, with the least weight of its views: that of the highest rate. */
function distinct(weighted: boolean): Aggregate {
  const sql = weighted
    ? "arraySum(viewer -> viewer.2, arrayCompact(viewer -> viewer.1, arraySort(groupUniqArray((k, w)))))"
    : "uniqExact(k)";
  return { parts: { viewers: sql }, valueSql: "viewers", level: null };
}

function sumSql(column: string, weighted: boolean): string {
  return weighted ? `sum(${column} * w)` : `sum(${column})`;
}

/** Columns of a group beside those of the aggregate. */
export function groupColumns({ parts }: Aggregate, weighted: boolean): string {
  return [
    `${weighted ? "sum(w)" : "count()"} AS views`,
    `${sumSql("watch_ms", weighted)} AS watched_ms`,
    `${sumSql("playing_ms", weighted)} AS played_ms`,
    ...Object.entries(parts).map(([name, sql]) => `${sql} AS ${name}`),
  ].join(", ");
}

/** Columns of a view that the aggregates of a metric need: its value `v`, weight `w`, parts of a quotient, viewer. */
export function viewColumns({ perViewSql, average }: Metric, measurement: Measurement, weighted: boolean): string {
  const columns = ["watch_ms", "playing_ms", `assumeNotNull(${perViewSql}) AS v`];
  if (weighted) columns.push(`${WEIGHT_SQL} AS w`);
  if (average.kind === "distinct") columns.push(`${average.keySql} AS k`);
  if (average.kind === "quotient" && measurement === "avg") {
    columns.push(`${RECORD_COLUMNS[average.part].name} AS part`, `${RECORD_COLUMNS[average.whole].name} AS whole`);
  }
  return columns.join(", ");
}
