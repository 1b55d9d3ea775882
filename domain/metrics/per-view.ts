import { RECORD_COLUMNS } from "../view/record-columns.ts";
import type { ViewRecord } from "../view/view-record.ts";
import type { Metric } from "./metric.ts";

/** The parts of a metric that say what one view's value is, in both languages, and how values are averaged. */
type PerView = Pick<Metric, "perView" | "perViewSql" | "average">;

/** Names of the parts of a record whose values are of a type. */
type KeysOf<Value> = { [K in keyof ViewRecord]: ViewRecord[K] extends Value ? K : never }[keyof ViewRecord];

/** The value as the record holds it. */
export function heldValue(key: KeysOf<number | null>): PerView {
  return { perView: (record) => record[key], perViewSql: RECORD_COLUMNS[key].name, average: { kind: "mean" } };
}

/** 1 where the flag is set, 0 in every other view: the average is a share of all views. */
export function shareOf(key: KeysOf<boolean>): PerView {
  return {
    perView: (record) => (record[key] ? 1 : 0),
    perViewSql: RECORD_COLUMNS[key].name,
    average: { kind: "mean" },
  };
}

/** `part ÷ whole × factor`, in a view and over all views alike; no value where the whole is 0. */
export function quotientOf(part: KeysOf<number>, whole: KeysOf<number>, factor = 1): PerView {
  const timesSql = factor === 1 ? "" : ` * ${factor}`;
  const [partSql, wholeSql] = [RECORD_COLUMNS[part].name, RECORD_COLUMNS[whole].name];
  return {
    perView: (record) => (record[whole] > 0 ? (record[part] / record[whole]) * factor : null),
    perViewSql: `if(${wholeSql} > 0, ${partSql} / ${wholeSql}${timesSql}, NULL)`,
    average: { kind: "quotient", part, whole, factor },
  };
}
