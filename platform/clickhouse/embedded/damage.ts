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

/** Engine error numbers of data that is not as it was written: CHECKSUM_DOESNT_MATCH, CORRUPTED_DATA, CANNOT_DECOMPRESS. */
const READ_ERRORS_SQL = "SELECT toFloat64(sum(value)) AS errors FROM system.errors WHERE code IN (40, 246, 271)";

export async function setAsideParts(executor: Executor): Promise<SetAside[]> {
  return (await ask(executor, PARTS_SQL)).map((row) => Row.parse(row));
}

/** How often since the start something damaged was met while reading: such a part is in use, and reading it fails. */
export async function damagedReads(executor: Executor): Promise<number> {
  const [row] = await ask(executor, READ_ERRORS_SQL);
  return z.object({ errors: z.number() }).parse(row).errors;
}

async function ask(executor: Executor, sql: string): Promise<unknown[]> {
  const { bytes } = await executor.ask(sql, "JSONEachRow");
  const lines = bytes.toString().split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as unknown);
}
