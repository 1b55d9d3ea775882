import { z } from "zod";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";

/** Of all environments together. */
export interface FoldedRows {
  /** Events that count in their views, by the fold's own count. */
  folded: number;
  /** Rows of such events. Each folded event is one row, whatever was read again: otherwise one is lost or there twice. */
  stored: number;
}

/**
 * Counts the rows of events that count.
 *
 * @param folded what the views programs say together
 * @param keyed the tables replace by key, as the product's do
 */
export async function countFoldedRows(clickhouse: ClickHouse, folded: number, keyed: boolean): Promise<FoldedRows> {
  const [row] = await clickhouse.query(
    `SELECT toFloat64(count()) AS stored FROM events ${keyed ? "FINAL" : ""} WHERE late = 0`,
    {},
    z.object({ stored: z.number() }),
    { settings: { do_not_merge_across_partitions_select_final: 1 } },
  );
  return { folded, stored: row?.stored ?? Number.NaN };
}
