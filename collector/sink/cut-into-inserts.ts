import type { InsertRows } from "../../platform/clickhouse/clickhouse.ts";
import { RowLines } from "../../platform/clickhouse/row-lines.ts";
import { rowBytes } from "./row-bytes.ts";

/** Rows of one insert; the engine takes larger ones, but its answer takes longer than the dashboard waits. */
const MAX_ROWS = 10_000;
/** The usual 10,000 rows have a third of that; the embedded engine's front takes 512 MB. */
const MAX_BYTES = 32_000_000;

/** The rows in the order they have, in parts that the store takes at once. A row that is larger by itself goes alone. */
export function* cutIntoInserts(rows: InsertRows): Generator<InsertRows> {
  let [from, to, bytes] = [0, 0, 0];
  for (const size of rows instanceof RowLines ? rows.sizes() : sizesOf(rows)) {
    if (to > from && (to - from >= MAX_ROWS || bytes + size > MAX_BYTES)) {
      yield rows.slice(from, to);
      [from, bytes] = [to, 0];
    }
    to += 1;
    bytes += size;
  }
  if (to > from) yield rows.slice(from, to);
}

function* sizesOf(rows: readonly (readonly unknown[])[]): Generator<number> {
  for (const row of rows) yield rowBytes(row);
}
