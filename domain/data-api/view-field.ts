import { metricById } from "../metrics/metrics.ts";
import type { ViewRecord } from "../view/view-record.ts";
import { decimalText } from "./decimal-text.ts";

/** A view as the API's record is made of it. */
export interface ToldView {
  viewId: string;
  /** Arrival of the first record, Unix milliseconds. */
  firstSeenMs: number;
  record: ViewRecord;
  environment: { id: string; number: number };
}

/** Kinds of values on the wire; `?` may be null. Decimals are numbers written as text. */
export type FieldKind =
  | "text"
  | "text?"
  | "number"
  | "number?"
  | "flag"
  | "flag?"
  | "decimal?"
  /** ISO 8601 in UTC, with milliseconds. */
  | "time"
  | "list";

/** A field of the API's record of a view (data-api.md §6.1). */
export interface ViewField {
  /** In the record. */
  name: string;
  /** In exports, which use the names of metrics and dimensions (data-api.md §10). */
  exported: string;
  kind: FieldKind;
  tell: (view: ToldView) => unknown;
}

/** Names of the parts of a record whose values are of a type. */
type KeysOf<Value> = { [K in keyof ViewRecord]: ViewRecord[K] extends Value ? K : never }[keyof ViewRecord];

export function made(
  name: string,
  kind: FieldKind,
  tell: (view: ToldView) => unknown,
  exported: string = name,
): ViewField {
  return { name, exported, kind, tell };
}

export function text(name: string, key: KeysOf<string>): ViewField {
  return made(name, "text", ({ record }) => record[key]);
}

/** "" in a record is "has no value". */
export function textOrNull(name: string, key: KeysOf<string>, exported?: string): ViewField {
  return made(name, "text?", ({ record }) => record[key] || null, exported);
}

export function number(name: string, key: KeysOf<number | null>, exported?: string): ViewField {
  return made(name, "number?", ({ record }) => record[key], exported);
}

export function decimal(name: string, key: KeysOf<number | null>, exported?: string): ViewField {
  return made(name, "decimal?", ({ record }) => decimalOrNull(record[key]), exported);
}

export function flag(name: string, key: KeysOf<boolean>): ViewField {
  return made(name, "flag", ({ record }) => record[key]);
}

export function maybeFlag(name: string, key: KeysOf<boolean | null>): ViewField {
  return made(name, "flag?", ({ record }) => record[key]);
}

export function time(name: string, key: KeysOf<number>): ViewField {
  return made(name, "time", ({ record }) => isoTime(record[key]));
}

/** The metric of that name, as the view itself holds it. */
export function ofMetric(name: string): ViewField {
  const metric = metricById(name);
  if (metric === null) throw new Error(`no metric ${name}`);
  return made(name, "decimal?", ({ record }) => decimalOrNull(metric.perView(record)));
}

/** The number of the view's error where it was of that kind. */
export function errorIf(name: string, key: KeysOf<boolean>): ViewField {
  return made(name, "number?", ({ record }) => (record[key] ? record.errorTypeId : null));
}

/** What nobody tells any more. */
export function never(name: string): ViewField {
  return made(name, "text?", () => null);
}

export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

export function decimalOrNull(value: number | null): string | null {
  return value === null ? null : decimalText(value);
}
