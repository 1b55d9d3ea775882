import type { Question } from "../../monitoring/queries.ts";

/** A column by which rows are sorted; never NULL. */
export interface SortColumn {
  name: string;
  sql: string;
  type: "String" | "UInt64";
  direction: "ASC" | "DESC";
}

/**
 * Whether a row comes behind another one in the order of these columns.
 *
 * @param keys of the other row, as text; null: every row does
 * @throws RangeError for keys that no row has
 */
export function sortedBehind(columns: readonly SortColumn[], keys: readonly string[] | null): Question {
  if (keys === null) return { sql: "1", params: {} };
  if (keys.length !== columns.length) throw new RangeError("these keys belong to another order");
  for (const [at, { type }] of columns.entries()) checkKey(type, keys[at] ?? "");
  const param = (at: number) => `{after_${at}: ${columns[at]?.type}}`;
  const alternatives = columns.map(({ name, direction }, at) => {
    const equal = columns.slice(0, at).map((column, before) => `${column.name} = ${param(before)}`);
    return [...equal, `${name} ${direction === "ASC" ? ">" : "<"} ${param(at)}`].join(" AND ");
  });
  return {
    sql: alternatives.map((alternative) => `(${alternative})`).join(" OR "),
    params: Object.fromEntries(keys.map((key, at) => [`after_${at}`, key])),
  };
}

const LARGEST = 2n ** 64n - 1n;

function checkKey(type: SortColumn["type"], key: string): void {
  if (type === "String") return;
  if (!/^\d{1,20}$/.test(key) || BigInt(key) > LARGEST) throw new RangeError("these keys belong to another order");
}
