import { z } from "zod";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";

/** Tables that are a function of the log. */
const TABLES = ["events", "views", "monitoring"] as const;

export type ComparedTable = (typeof TABLES)[number];

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
/** Rows of one key in two partitions stay two, as in every query of the product. */
const SETTINGS = { max_result_rows: 0, do_not_merge_across_partitions_select_final: 1 };

/** Compares every column of every newest row but `version`, which is the position in the log and differs between two logs. */
export async function compareStores(one: ClickHouse, other: ClickHouse): Promise<TableComparison[]> {
  const results: TableComparison[] = [];
  for (const table of TABLES) {
    const key = `toString(tuple(${await sortingKeyOf(one, table)}))`;
    const [ours, theirs] = [await hashesOf(one, table, key), await hashesOf(other, table, key)];
    const keys = [...new Set([...ours.keys(), ...theirs.keys()])];
    const different = keys.filter((value) => ours.get(value)?.join() !== theirs.get(value)?.join());
    const examples: string[] = [];
    for (const value of different.slice(0, EXAMPLES)) examples.push(await explain({ one, other, table, key }, value));
    results.push({ table, rows: rowsIn(ours), replayed: rowsIn(theirs), different: different.length, examples });
  }
  return results;
}

/** Hashes of the rows of each key, ascending. */
async function hashesOf(clickhouse: ClickHouse, table: ComparedTable, key: string): Promise<Map<string, string[]>> {
  const columns = (await columnsOf(clickhouse, table)).join(", ");
  const rows = await clickhouse.query(
    `SELECT ${key} AS key, toString(cityHash64(toString(tuple(${columns})))) AS hash FROM ${table} FINAL ORDER BY hash`,
    {},
    Hashed,
    { settings: SETTINGS },
  );
  const hashes = new Map<string, string[]>();
  for (const row of rows) {
    const others = hashes.get(row.key);
    if (others === undefined) hashes.set(row.key, [row.hash]);
    else others.push(row.hash);
  }
  return hashes;
}

function rowsIn(hashes: ReadonlyMap<string, readonly string[]>): number {
  return [...hashes.values()].reduce((sum, { length }) => sum + length, 0);
}

/** As the table itself has it: no row of it stands for another. */
async function sortingKeyOf(clickhouse: ClickHouse, table: ComparedTable): Promise<string> {
  const [row] = await clickhouse.query(
    "SELECT sorting_key FROM system.tables WHERE database = currentDatabase() AND name = {table: String}",
    { table },
    z.object({ sorting_key: z.string().min(1) }),
  );
  if (row === undefined) throw new Error(`there is no table ${table}`);
  return row.sorting_key;
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

interface Compared {
  one: ClickHouse;
  other: ClickHouse;
  table: ComparedTable;
  /** Expression that tells a row's key. */
  key: string;
}

/** Names the columns that differ, with both values. */
async function explain({ one, other, table, key }: Compared, value: string): Promise<string> {
  const columns = (await columnsOf(one, table))
    .map((name) => `'${name}', ifNull(toString(${name}), 'NULL')`)
    .join(", ");
  const sql = `SELECT map(${columns}) AS row FROM ${table} FINAL WHERE ${key} = {value: String}`;
  const row = z.object({ row: z.record(z.string(), z.string()) });
  const options = { settings: SETTINGS };
  const [ours, theirs] = [
    await one.query(sql, { value }, row, options),
    await other.query(sql, { value }, row, options),
  ];
  if (ours.length !== theirs.length || ours[0] === undefined)
    return `${table} ${value}: ${ours.length} rows, ${theirs.length} in the replayed store`;
  const [left, right] = [ours[0].row, theirs[0]?.row];
  const names = Object.keys(left).filter((name) => left[name] !== right?.[name]);
  return `${table} ${value}: ${names.map((name) => `${name} ${left[name]} / ${right?.[name]}`).join(", ")}`;
}
