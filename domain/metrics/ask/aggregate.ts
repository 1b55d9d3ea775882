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

/**
 * Each view stands for so many. The share of viewers tracked is told to six digits; stored as Float32 it has lost a few.
 * Clients tell it, so no view stands for more than a million.
 */
export const WEIGHT_SQL = "if(sample_rate > 0, 1 / greatest(round(toFloat64(sample_rate), 6), 0.000001), 1)";

/** Weights of quantiles are whole numbers. */
const REPEATS_SQL = "toUInt64(floor(w + 0.5))";

/**
 * A weighted quantile keeps a table of all different values: over 5 million views a comparison took 3 GB. To 14 binary
 * digits there are few: 1 GB, and two thirds of the processor time. Whole numbers to 16,384 stay as they are, nothing moves
 * by more than 2^-14 (0.006 %) of itself. The mask clears 39 of the 52 bits behind the point, the sum rounds.
 */
function toFewDigits(column: string): string {
  return `reinterpretAsFloat64(bitAnd(reinterpretAsUInt64(toFloat64(${column})) + 0x4000000000, 0xffffff8000000000))`;
}

const QUANTILES = ["median", "95th"] as const;
type Quantile = (typeof QUANTILES)[number];
const LEVELS: Readonly<Record<Quantile, number>> = { median: 0.5, "95th": 0.95 };

/** For numbers of several metrics side by side. */
interface Beside {
  /** Of every column that is read and made. */
  suffix: string;
  /** Median and 95th percentile come from the same state. */
  bothQuantiles: boolean;
}

/** @throws RangeError for a measurement that the metric does not have */
export function aggregate(
  metric: Metric,
  measurement: Measurement,
  weighted: boolean,
  { suffix, bothQuantiles }: Beside = { suffix: "", bothQuantiles: false },
): Aggregate {
  if (!metric.measurements.includes(measurement)) throw new RangeError(`${metric.id} has no ${measurement}`);
  const { average } = metric;
  if (average.kind === "distinct") return distinct(weighted, suffix);
  if (measurement === "count") return { parts: {}, valueSql: `views${suffix}`, level: null };
  if (measurement === "median" || measurement === "95th") {
    const levels: readonly Quantile[] = bothQuantiles ? QUANTILES : [measurement];
    return quantile(levels, levels.indexOf(measurement), weighted, suffix);
  }
  const total = `total${suffix}`;
  const parts = { [total]: sumSql(`v${suffix}`, weighted) };
  const mean = { groupSql: `${total} / views${suffix}`, wholeSql: `sum(${total}) / sum(views${suffix})` };
  if (measurement === "sum") return { parts, valueSql: total, level: mean };
  if (average.kind === "mean") return { parts, valueSql: mean.groupSql, level: mean };
  return quotient(average.factor, weighted, suffix);
}

function quotient(factor: number, weighted: boolean, suffix: string): Aggregate {
  const [part, whole] = [`part_total${suffix}`, `whole_total${suffix}`];
  const groupSql = `${part} / ${whole} * ${factor}`;
  return {
    parts: { [part]: sumSql(`part${suffix}`, weighted), [whole]: sumSql(`whole${suffix}`, weighted) },
    valueSql: groupSql,
    level: { groupSql, wholeSql: `sum(${part}) / sum(${whole}) * ${factor}` },
  };
}

/**
 * Linear interpolation between the neighbours of rank level × (n − 1), counted from 0; weighted, as if each value stood
 * there as often as it weighs, rounded, and to few digits.
 */
function quantile(quantiles: readonly Quantile[], at: number, weighted: boolean, suffix: string): Aggregate {
  const name = weighted ? "quantilesExactWeightedInterpolated" : "quantilesExactInclusive";
  const args = weighted ? `${toFewDigits(`v${suffix}`)}, ${REPEATS_SQL}` : `v${suffix}`;
  const levels = quantiles.map((each) => LEVELS[each]).join(", ");
  const groupSql = `finalizeAggregation(state${suffix})[${at + 1}]`;
  return {
    parts: { [`state${suffix}`]: `${name}State(${levels})(${args})` },
    valueSql: groupSql,
    level: { groupSql, wholeSql: `${name}Merge(${levels})(state${suffix})[${at + 1}]` },
  };
}

/** Weighted, each viewer counts once, with the least weight of its views: that of the highest rate. */
function distinct(weighted: boolean, suffix: string): Aggregate {
  const sql = weighted
    ? `arraySum(viewer -> viewer.2, arrayCompact(viewer -> viewer.1, arraySort(groupUniqArrayIf((assumeNotNull(k${suffix}), w), isNotNull(k${suffix})))))`
    : `uniqExact(k${suffix})`;
  return { parts: { [`viewers${suffix}`]: sql }, valueSql: `viewers${suffix}`, level: null };
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
