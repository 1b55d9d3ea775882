import { z } from "zod";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import type { DamagedPart } from "./damaged-part.ts";

/** Reading a whole table takes as long as it takes. */
const CHECK_SECONDS = 24 * 3_600;

const Part = z.object({ partition: z.string(), name: z.string() });
const SetAside = Part.extend({ table: z.string(), reason: z.string() });
const Checked = z.object({ part_path: z.string(), is_passed: z.number(), message: z.string() });
const Named = z.object({ name: z.string() });

/** What the engine, or somebody, has set aside of our tables. */
export async function setAsideParts(clickhouse: ClickHouse, tables: readonly string[]): Promise<DamagedPart[]> {
  const sql = `
SELECT table, ifNull(partition_id, '') AS partition, name, ifNull(reason, '') AS reason
FROM system.detached_parts
WHERE database = currentDatabase() AND table IN {tables: Array(String)}
  AND ifNull(reason, '') NOT IN ('attaching', 'deleting', 'ignored', 'clone')
ORDER BY table, partition, name`;
  const parts = await clickhouse.query(sql, { tables }, SetAside, { name: "detached parts" });
  return parts.map((part) => ({ ...part, inUse: false }));
}

/** The earliest moment that the store knows of, its own making included; read from what describes parts. Unix milliseconds. */
export async function oldestTraceMs(clickhouse: ClickHouse): Promise<number> {
  const sql = `
SELECT toFloat64(toUnixTimestamp(least(made, rows))) * 1000 AS ms
FROM (SELECT toDateTime(min(applied_at)) AS made FROM schema_migrations) AS a,
  (SELECT ifNull(minOrNull(min_time), now()) AS rows FROM system.parts
   WHERE database = currentDatabase() AND active AND table IN ('views', 'events')) AS b`;
  const [row] = await clickhouse.query(sql, {}, z.object({ ms: z.number() }), { name: "oldest rows" });
  return row?.ms ?? 0;
}

/** Every table that keeps rows. */
export async function storedTables(clickhouse: ClickHouse): Promise<string[]> {
  const sql =
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' ORDER BY name";
  return (await clickhouse.query(sql, {}, Named)).map(({ name }) => name);
}

/** Reads all of a table against its checksums: the parts that fail. They stay in use. */
export async function failingParts(clickhouse: ClickHouse, table: string): Promise<DamagedPart[]> {
  const settings = { check_query_single_value_result: 0, max_execution_time: CHECK_SECONDS };
  const checked = await clickhouse.query(`CHECK TABLE ${quoted(table)}`, {}, Checked, { settings });
  const failed = new Map(checked.filter((part) => part.is_passed === 0).map((part) => [part.part_path, part.message]));
  const sql = `
SELECT partition_id AS partition, name FROM system.parts
WHERE database = currentDatabase() AND active AND table = {table: String} AND name IN {names: Array(String)} ORDER BY name`;
  const parts = await clickhouse.query(sql, { table, names: [...failed.keys()] }, Part, { name: "parts" });
  return parts.map((part) => ({ ...part, table, reason: failed.get(part.name) ?? "", inUse: true }));
}

/** Takes a part out of use; its folder stays. */
export async function setAside(clickhouse: ClickHouse, { table, name }: DamagedPart): Promise<void> {
  await clickhouse.command(`ALTER TABLE ${quoted(table)} DETACH PART '${safe(name)}'`);
}

/** Removes a part that was set aside, for good. */
export async function dropPart(clickhouse: ClickHouse, { table, name }: DamagedPart): Promise<void> {
  const sql = `ALTER TABLE ${quoted(table)} DROP DETACHED PART '${safe(name)}'`;
  await clickhouse.command(sql, { settings: { allow_drop_detached: 1 } });
}

/** Names of dimensions again from the views that need them, a week at a time. */
export async function restoreNames(clickhouse: ClickHouse): Promise<void> {
  const Select = z.object({ as_select: z.string() });
  const [view] = await clickhouse.query(
    "SELECT as_select FROM system.tables WHERE database = currentDatabase() AND name = 'dimension_values_from_views'",
    {},
    Select,
  );
  if (view === undefined) throw new Error("the store has no view dimension_values_from_views: run the migrations");
  const weeks = await clickhouse.query(
    "SELECT DISTINCT partition AS name FROM system.parts WHERE database = currentDatabase() AND table = 'views' AND active",
    {},
    Named,
  );
  for (const { name } of weeks) {
    await clickhouse.command(
      `INSERT INTO dimension_values (environment_id, dimension, key, value, expires_on)
       ${view.as_select} WHERE toMonday(first_seen) = '${safe(name)}'`,
    );
  }
}

const quoted = (table: string): string => `\`${safe(table)}\``;

/** Names of tables, parts and partitions come from the store; nothing else may get into a statement. */
function safe(name: string): string {
  if (!/^[\w.-]+$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name of the store's`);
  return name;
}
