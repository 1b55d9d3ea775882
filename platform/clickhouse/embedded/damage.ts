import { z } from "zod";
import type { Executor } from "./executor.ts";

/** Parts of one table that the engine set aside, silently, because they were damaged: their rows are missing. */
export interface SetAside {
  table: string;
  /** The engine's id of it: `20260119` is the week, or day, that begins so; `all` where there is one. */
  partition: string;
  /** As the engine says: `broken-on-start`; "detached" by hand. */
  reason: string;
  parts: number;
}

const Row = z.object({ table: z.string(), partition: z.string(), reason: z.string(), parts: z.number() });

/** `attaching` and `deleting` are on their way; `ignored` and `clone` are copies. */
const PARTS_SQL = `
SELECT concat(database, '.', table) AS table, ifNull(partition_id, '') AS partition,
  if(ifNull(reason, '') = '', 'detached', reason) AS reason, toFloat64(count()) AS parts
FROM system.detached_parts
WHERE ifNull(reason, '') NOT IN ('attaching', 'deleting', 'ignored', 'clone')
GROUP BY ALL ORDER BY ALL`;

/** Reads that met damaged data: such a part is in use, and reading it fails. */
export interface DamagedReads {
  /** Since the start. */
  count: number;
  /** Unix milliseconds. */
  lastMs: number;
}

/**
 * Engine error numbers of data that is not as it was written: CANNOT_READ_ALL_DATA (a file that was cut),
 * CHECKSUM_DOESNT_MATCH, CORRUPTED_DATA, CANNOT_DECOMPRESS, UNKNOWN_CODEC.
 */
const READ_ERRORS_SQL = `
SELECT toFloat64(sum(value)) AS count, toFloat64(toUnixTimestamp(max(last_error_time))) * 1000 AS lastMs
FROM system.errors WHERE code IN (33, 40, 246, 271, 432) AND last_error_time > now() - INTERVAL 1 DAY`;
const Reads = z.object({ count: z.number(), lastMs: z.number() });

export async function setAsideParts(executor: Executor): Promise<SetAside[]> {
  return (await ask(executor, PARTS_SQL)).map((row) => Row.parse(row));
}

/** Of the last day; null where there was none: the engine cannot be told that something is repaired. */
export async function damagedReads(executor: Executor): Promise<DamagedReads | null> {
  const [row] = await ask(executor, READ_ERRORS_SQL);
  const reads = Reads.parse(row);
  return reads.count > 0 ? reads : null;
}

async function ask(executor: Executor, sql: string): Promise<unknown[]> {
  const { bytes } = await executor.ask(sql, "JSONEachRow");
  const lines = bytes.toString().split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as unknown);
}
