import type { Question } from "../../monitoring/queries.ts";
import { dimensionColumn } from "../dimension-column.ts";
import { type Dimension, isNumeric } from "../dimensions.ts";
import type { Metric } from "../metric.ts";
import type { Scope } from "../scope.ts";
import { checkSeries, type Granularity } from "../time-buckets.ts";
import { WEIGHT_SQL } from "./aggregate.ts";
import { BUCKET_SQL } from "./bucket-sql.ts";
import { type AskedNumber, numbersBeside } from "./numbers-beside.ts";
import { inRange, SETTINGS, scopeClause, TOUCHES_RANGE } from "./scope-clause.ts";
import { type SortColumn, sortedBehind } from "./sorted-behind.ts";
import { uint32 } from "./uint32.ts";
import type { Direction } from "./value-order.ts";

export interface NumbersOptions {
  numbers: readonly AskedNumber[];
  /** Rows are told apart by their values. */
  groupBy: readonly Dimension[];
  /** And by buckets of time, each metric by its own; null: not by time. */
  granularity: Granularity | null;
  timeZone: string;
  /** Time, the dimension or the number of that place; all other columns of a row follow, ascending. */
  orderBy: NumbersOrder;
  direction: Direction;
  limit: number;
  /** Only rows behind the one with these sort keys (`after` of its row); null: from the first. */
  after: readonly string[] | null;
}

export type NumbersOrder = { kind: "time" } | { kind: "dimension" | "number"; at: number };

/** Answer of {@link askNumbers}. */
export interface NumbersRow {
  /** Start of the bucket, Unix milliseconds; 0 where rows are not told apart by time. */
  start_ms: number;
  /** Values of the dimensions, "" for none; digits of keys where `keyed` says so. */
  fields: readonly string[];
  /** In the order asked; null where no view holds a value and 0 would be wrong. */
  found: readonly (number | null)[];
  /** Views that hold a value of the metric. */
  held: readonly number[];
  /** Sort keys: what to ask the rows behind this one with. */
  after: readonly string[];
  /** Rows without limit, those before `after` included. */
  total_row_count: number;
}

export interface NumbersQuestion extends Question {
  /** Of each dimension, whether its fields are keys: ask `askLabels`. */
  keyed: readonly boolean[];
}

/**
 * Several numbers of the same views, told apart by several dimensions and by time, in one pass. A row is there when a view
 * of it holds a value of any metric; without anything to tell apart there is one row.
 *
 * @throws RangeError for a dimension that only filters, a measurement that a metric does not have, and as `checkSeries`
 */
export function askNumbers(scope: Scope, options: NumbersOptions): NumbersQuestion {
  const { groupBy, granularity, timeZone, limit, after } = options;
  if (granularity !== null) checkSeries({ ...scope, granularity, timeZone });
  const dimensions = groupBy.map((dimension, at) => grouped(dimension, at, options.orderBy));
  const { viewColumns, groupColumns, numbers } = numbersBeside(options.numbers, scope.weighted);
  const bases = timeBases(options);
  const where = scopeClause(scope, bases.length === 1 && bases[0] ? inRange(bases[0]) : TOUCHES_RANGE);
  const keys = [...(granularity === null ? [] : ["bucket"]), ...dimensions.map(({ name }) => name)];
  const sort = sortColumns(options, dimensions);
  const behind = sortedBehind(sort, after);
  return {
    sql: `
SELECT start_ms, fields, found, held, [${sort.map(({ name }) => `toString(${name})`).join(", ")}] AS after, total_row_count
FROM (
  SELECT *, ${sort.map(({ sql, name }) => `${sql} AS ${name}`).join(", ")}, toFloat64(count() OVER ()) AS total_row_count
  FROM (
    SELECT
      ${granularity === null ? "0" : "toFloat64(toUnixTimestamp(bucket)) * 1000"} AS start_ms,
      CAST([${dimensions.map(({ textSql }) => textSql).join(", ")}], 'Array(String)') AS fields,
      CAST([${numbers.map(valueSql).join(", ")}], 'Array(Nullable(Float64))') AS found,
      [${numbers.map(({ viewsSql }) => `toFloat64(${viewsSql})`).join(", ")}] AS held
    FROM (
      SELECT ${[...keys, ...groupColumns].join(",\n        ")}
      FROM (
        SELECT
          ${[...timeColumns(options), `${WEIGHT_SQL} AS w`, ...dimensions.map(({ name, sql }) => `${sql} AS ${name}`), ...viewColumns].join(",\n          ")}
        FROM views FINAL
        ${needsBothTimes(options) ? "ARRAY JOIN [0, 1] AS by_end" : ""}
        WHERE ${where.sql} AND (started OR ended_in)
      )
      ${keys.length === 0 ? "" : `GROUP BY ${keys.join(", ")}`}
    )
    ${keys.length === 0 ? "" : "WHERE arrayExists(views -> views > 0, held)"}
  )
)
WHERE ${behind.sql}
ORDER BY ${sort.map(({ name, direction }) => `${name} ${direction}`).join(", ")}
LIMIT {limit: UInt32}
${SETTINGS}`,
    params: { ...where.params, ...behind.params, timeZone, limit: uint32("limit", limit, 1) },
    keyed: dimensions.map(({ keyed }) => keyed),
  };
}

interface GroupedDimension {
  name: string;
  sql: string;
  textSql: string;
  keyed: boolean;
  numeric: boolean;
}

/** In the order of names keys are of no use. */
function grouped(dimension: Dimension, at: number, orderBy: NumbersOrder): GroupedDimension {
  if (!dimension.groupable) throw new RangeError(`${dimension.id} breaks nothing down`);
  const column = dimensionColumn(dimension);
  const isNamed = column.keyed && orderBy.kind === "dimension" && orderBy.at === at;
  const name = `g${at}`;
  return {
    name,
    sql: isNamed ? column.rowTextSql : column.groupSql,
    textSql: isNamed ? name : column.textSql(name),
    keyed: column.keyed && !isNamed,
    numeric: isNumeric(dimension),
  };
}

/** What of an empty set is 0 is no missing value. */
function valueSql({ asked, valueSql: sql }: { asked: AskedNumber; valueSql: string }): string {
  return asked.measurement === "sum" ? `ifNull(toFloat64(${sql}), 0)` : `toFloat64(${sql})`;
}

function timeBases({ numbers }: NumbersOptions): Metric["timeBasis"][] {
  return [...new Set(numbers.map(({ metric }) => metric.timeBasis))];
}

/** Buckets of metrics that go by the start and of those that go by the end are other ones: a view may be in two. */
function needsBothTimes(options: NumbersOptions): boolean {
  return options.granularity !== null && timeBases(options).length > 1;
}

/** Of one basis alone the rows are those of its range already. */
function timeColumns(options: NumbersOptions): string[] {
  const { granularity } = options;
  const both = needsBothTimes(options);
  const bases = timeBases(options);
  const counts = (basis: Metric["timeBasis"], kind: number) => {
    if (bases.length === 1) return bases.includes(basis) ? "1" : "0";
    return `${both ? `by_end = ${kind} AND ` : ""}${inRange(basis)}`;
  };
  const [started, ended] = [counts("view_start", 0), counts("view_end", 1)];
  const time = both ? "if(by_end = 1, view_end, view_start)" : (bases[0] ?? "view_start");
  const bucket = granularity === null ? [] : [`${BUCKET_SQL[granularity](time)} AS bucket`];
  return [`${started} AS started`, `${ended} AS ended_in`, ...bucket];
}

/** What was asked first; then all that tells rows apart, so that no two are equal. */
function sortColumns(
  { orderBy, direction, granularity }: NumbersOptions,
  dimensions: readonly GroupedDimension[],
): SortColumn[] {
  const dir = direction === "asc" ? "ASC" : "DESC";
  const apart: Omit<SortColumn, "direction">[] = [
    ...(granularity === null ? [] : [{ name: "s_time", sql: "toUInt64(start_ms)", type: "UInt64" } as const]),
    ...dimensions.map(({ numeric }, at) => fieldColumn(at, numeric)),
  ];
  const rest = (skipped: string) =>
    apart.filter(({ name }) => name !== skipped).map((column): SortColumn => ({ ...column, direction: "ASC" }));
  if (orderBy.kind === "number") {
    const value = `found[${orderBy.at + 1}]`;
    const known = `ifNull(isFinite(${value}), 0)`;
    return [
      { name: "s_null", sql: `toUInt64(NOT ${known})`, type: "UInt64", direction: "ASC" },
      { name: "s_value", sql: `if(${known}, ${orderedBits(value)}, 0)`, type: "UInt64", direction: dir },
      ...rest(""),
    ];
  }
  const first = orderBy.kind === "time" ? "s_time" : `s_${orderBy.at}`;
  const leading = apart.filter(({ name }) => name === first).map((column) => ({ ...column, direction: dir }) as const);
  const columns = [...leading, ...rest(first)];
  return columns.length > 0 ? columns : [{ name: "s_all", sql: "toUInt64(0)", type: "UInt64", direction: "ASC" }];
}

function fieldColumn(at: number, numeric: boolean): Omit<SortColumn, "direction"> {
  const text = `fields[${at + 1}]`;
  if (!numeric) return { name: `s_${at}`, sql: text, type: "String" };
  // no value comes before all numbers
  const sql = `if(${text} = '', 0, 1 + reinterpretAsUInt64(toFloat64OrZero(${text})))`;
  return { name: `s_${at}`, sql, type: "UInt64" };
}

/**
 * Numbers from 0 on order as their bits do, and whole numbers come back from a caller as they went. The last 12 binary digits
 * are rounded off: sums of fractions differ there from one time to the next, and a row would be told twice or never.
 */
function orderedBits(value: string): string {
  return `bitAnd(reinterpretAsUInt64(assumeNotNull(${value})) + 0x800, 0xfffffffffffff000)`;
}
