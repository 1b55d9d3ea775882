import { join } from "node:path";
import type { ClickHouseClient } from "@clickhouse/client";
import { z } from "zod";
import type { RowsFile } from "./manifest.ts";
import { packTo, unpackFrom } from "./row-files.ts";

/**
 * What is stored, and the columns that a stretch of it is chosen by. All of them replace rows by their key, so that storing some twice changes
 * nothing; `beats` keeps nothing.
 */
const TABLES: Readonly<Record<string, string>> = {
  events: "view_id",
  views: "view_id",
  monitoring: "view_id",
  dimension_values: "key",
  rejected_beacons: "position",
  deliveries: "asset_id",
  stored_until: "topic",
};
/** An answer of the embedded engine is in memory as a whole: some 200 MB of the widest rows. */
const ROWS_AT_ONCE = 200_000;

type Say = (line: string) => void;

/** Writes the newest version of every row, in ClickHouse's Native format. */
export async function saveClickHouse(client: ClickHouseClient, folder: string, say: Say): Promise<RowsFile[]> {
  const files: RowsFile[] = [];
  for (const [table, column] of Object.entries(TABLES)) {
    const rows = await countOf(client, table);
    const parts = Math.max(1, Math.ceil(rows / ROWS_AT_ONCE));
    const file = `clickhouse/${table}.native.gz`;
    const sha256 = await packTo(join(folder, file), rowsOf(client, { table, column, parts }));
    files.push({ table, file, rows, sha256 });
    say(`ClickHouse: ${table}, ${rows} rows`);
  }
  return files;
}

async function* rowsOf(
  client: ClickHouseClient,
  { table, column, parts }: { table: string; column: string; parts: number },
): AsyncGenerator<Uint8Array> {
  for (let part = 0; part < parts; part += 1) {
    const query = `SELECT * FROM ${table} FINAL WHERE cityHash64(${column}) % ${parts} = ${part} FORMAT Native`;
    const { stream } = await client.exec({ query, clickhouse_settings: { wait_end_of_query: 1 } });
    yield* stream as AsyncIterable<Uint8Array>;
  }
}

/** Replaces all rows. */
export async function restoreClickHouse(
  client: ClickHouseClient,
  folder: string,
  files: readonly RowsFile[],
  say: Say,
): Promise<void> {
  for (const { table } of files) await client.command({ query: `TRUNCATE TABLE ${table}` });
  for (const { table, file, rows } of files) {
    const values = unpackFrom(join(folder, file));
    const { stream } = await client.exec({ query: `INSERT INTO ${table} FORMAT Native`, values });
    await stream.toArray(); // to its end, which is empty
    say(`ClickHouse: ${table}, ${rows} rows`);
  }
}

/** How many migrations have run. */
export async function clickhouseMigrations(client: ClickHouseClient): Promise<number> {
  return countOf(client, "schema_migrations");
}

export async function countOf(client: ClickHouseClient, table: string): Promise<number> {
  const answer = await client.query({
    query: `SELECT toUInt32(count()) AS rows FROM ${table} FINAL`,
    format: "JSONEachRow",
  });
  const [row] = z.array(z.object({ rows: z.number() })).parse(await answer.json());
  return row?.rows ?? 0;
}
