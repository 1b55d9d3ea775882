import { z } from "zod";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";

/** Tables that are a function of the log, with the key by which their rows are told apart. */
const TABLES = {
  events: "view_id, toString(sequence)",
  views: "view_id",
  monitoring: "view_id, toString(bucket)",
} as const;

export type ComparedTable = keyof typeof TABLES;

export interface TableComparison {
  table: ComparedTable;
  rows: number;
  replayed: number;
  /** Rows of one store that the other lacks, or has otherwise. */
  different: number;
  examples: string[];
}

const EXAMPLES = 5;
const Hashed = z.object({ key: z.string(), hash: z.string() });

/** Compares every column of every newest row but `version`, which is the position in the log and differs between two logs. */
export async function compareStores(one: ClickHouse, other: ClickHouse): Promise<TableComparison[]> {
  const results: TableComparison[] = [];
  for (const table of Object.keys(TABLES) as ComparedTable[]) {
    const [ours, theirs] = [await hashesOf(one, table), await hashesOf(other, table)];
    const keys = [...new Set([...ours.keys(), ...theirs.keys()])];
    const different = keys.filter((key) => ours.get(key) !== theirs.get(key));
    const examples: string[] = [];
    for (const key of different.slice(0, EXAMPLES)) examples.push(await explain(one, other, table, key));
    results.push({ table, rows: ours.size, replayed: theirs.size, different: different.length, examples });
  }
  return results;
}

async function hashesOf(clickhouse: ClickHouse, table: ComparedTable): Promise<Map<string, string>> {
  const columns = (await columnsOf(clickhouse, table)).join(", ");
  const rows = await clickhouse.query(
    `SELECT concat_ws('/', ${TABLES[table]}) AS key, toString(cityHash64(toString(tuple(${columns})))) AS hash FROM ${table} FINAL`,
    {},
    Hashed,
    { settings: { max_result_rows: 0 } },
  );
  return new Map(rows.map(({ key, hash }) => [key, hash]));
}

async function columnsOf(clickhouse: ClickHouse, table: ComparedTable): Promise<string[]> {
  const rows = await clickhouse.query(
    `SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table: String} AND name != 'version'
     ORDER BY name`,
    { table },
    z.object({ name: z.string() }),
  );
  return rows.map(({ name }) => name);
}

/** Names the columns that differ, with both values. */
async function explain(one: ClickHouse, other: ClickHouse, table: ComparedTable, key: string): Promise<string> {
  const columns = (await columnsOf(one, table))
    .map((name) => `'${name}', ifNull(toString(${name}), 'NULL')`)
    .join(", ");
  const sql = `SELECT map(${columns}) AS row FROM ${table} FINAL WHERE concat_ws('/', ${TABLES[table]}) = {key: String}`;
  const row = z.object({ row: z.record(z.string(), z.string()) });
  const [[ours], [theirs]] = [await one.query(sql, { key }, row), await other.query(sql, { key }, row)];
  if (ours === undefined || theirs === undefined)
    return `${table} ${key}: only in the ${ours === undefined ? "replayed" : "first"} store`;
  const names = Object.keys(ours.row).filter((name) => ours.row[name] !== theirs.row[name]);
  return `${table} ${key}: ${names.map((name) => `${name} ${ours.row[name]} / ${theirs.row[name]}`).join(", ")}`;
}
