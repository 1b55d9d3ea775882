import type { EnvironmentId } from "../../identifiers.ts";
import type { Question } from "../../monitoring/queries.ts";
import { type ColumnKind, RECORD_COLUMNS } from "../../view/record-columns.ts";
import type { ViewRecord } from "../../view/view-record.ts";
import { SETTINGS } from "./scope-clause.ts";

/** Answer of {@link askView}: what {@link viewFromRow} reads. */
export type ViewRow = Readonly<Record<string, unknown>>;

/** A view with what its row says beside its record. */
export interface StoredView {
  viewId: string;
  /** Arrival of the first record, Unix milliseconds, log time: where the view's events lie. */
  firstSeenMs: number;
  record: ViewRecord;
}

/** Kinds that the store prints as text, or as an unlike number, unless asked otherwise. */
const READ_SQL: { readonly [K in ColumnKind]?: (name: string) => string } = {
  time: (name) => `toFloat64(toUnixTimestamp64Milli(views.${name}))`,
  ms: (name) => `toFloat64(views.${name})`,
  real32: (name) => `toFloat64(toString(views.${name}))`,
};

/**
 * A view's row as {@link viewFromRow} reads it, over table `views`.
 *
 * @param leftOut texts that are not needed and come back empty
 */
export function viewRowSql(leftOut: readonly (keyof ViewRecord)[] = []): string {
  const parts = Object.entries(RECORD_COLUMNS).map(([key, { name, kind }]) => {
    const isLeftOut = leftOut.some((each) => each === key);
    return `${isLeftOut ? "''" : (READ_SQL[kind]?.(name) ?? `views.${name}`)} AS \`${key}\``;
  });
  return `views.view_id AS viewId, toFloat64(toUnixTimestamp64Milli(views.first_seen)) AS firstSeenMs, ${parts.join(", ")}`;
}

const SELECTED = viewRowSql();

/** The newest version of one view; no row where the environment has no such view. Found by the index on `view_id`. */
export function askView(environmentId: EnvironmentId, viewId: string): Question {
  return {
    sql: `
SELECT ${SELECTED}
FROM views FINAL
WHERE environment_id = {environmentId: UInt32} AND views.view_id = {viewId: String}
ORDER BY views.first_seen DESC
LIMIT 1
${SETTINGS}`,
    params: { environmentId, viewId },
  };
}

/** What a value of the store means in a record, where that is not itself. */
const READ: { readonly [K in ColumnKind]?: (value: unknown) => unknown } = {
  flag: (value) => value === 1,
  maybeFlag: (value) => (value === null ? null : value === 1),
  ranges: (value) => tuples(value).map(({ start_ms, end_ms }) => ({ startMs: start_ms, endMs: end_ms })),
  renditions: (value) =>
    tuples(value).map(({ width, height, playing_ms, ...rest }) => ({
      ...rest,
      widthPx: width,
      heightPx: height,
      playingMs: playing_ms,
    })),
  modes: (value) => tuples(value).map(({ playing_ms, ...rest }) => ({ ...rest, playingMs: playing_ms })),
};

/** @throws TypeError when the row is not one of {@link askView} */
export function viewFromRow(row: ViewRow): StoredView {
  const { viewId, firstSeenMs } = row;
  if (typeof viewId !== "string" || typeof firstSeenMs !== "number") throw new TypeError("not a view's row");
  const parts = Object.entries(RECORD_COLUMNS).map(([key, { kind }]) => {
    if (!(key in row)) throw new TypeError(`a view's row without ${key}`);
    const read = READ[kind];
    return [key, read === undefined ? row[key] : read(row[key])];
  });
  // every part was asked for by its column, whose type the migrations fix
  return { viewId, firstSeenMs, record: Object.fromEntries(parts) as ViewRecord };
}

function tuples(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) throw new TypeError("not a list");
  return value;
}
