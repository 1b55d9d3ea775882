import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { createLogger } from "../observability/logger.ts";
import { migrateClickHouse } from "./migrate.ts";
import { startTestClickHouse, type TestClickHouse } from "./testing.ts";

const DOCUMENT = new URL("../../docs/schema.md", import.meta.url);
const Table = z.object({
  name: z.string(),
  sorting_key: z.string(),
  partition_key: z.string(),
  ttl: z.string(),
  kind: z.string(),
});

let clickhouse: TestClickHouse;

beforeAll(async () => {
  clickhouse = await startTestClickHouse();
  const directory = new URL("../../migrations/clickhouse/", import.meta.url).pathname;
  const log = createLogger("test", "silent");
  await migrateClickHouse({ clickhouse: clickhouse.client, directory, cluster: null, log });
});

afterAll(async () => {
  await clickhouse.stop();
});

/** Rows of the table under a heading of the document, their code without its marks. */
function documented(heading: string): string[][] {
  const [, section = ""] = readFileSync(DOCUMENT, "utf8").split(`\n## ${heading}\n`);
  const lines = (section.split("\n## ")[0] ?? "").split("\n");
  const rows = lines.filter((line) => /^\| `\w+` \|/.test(line));
  return rows.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

it("is what docs/schema.md says: tables, sorting keys, partitions, times and engines", async () => {
  const sql = `
SELECT name, sorting_key, partition_key,
  extract(engine_full, ' TTL (.*) SETTINGS') AS ttl,
  if(sorting_key = '', engine, extract(engine_full, '^\\\\w+(?:\\\\(\\\\w+\\\\))?')) AS kind
FROM system.tables
WHERE database = currentDatabase() AND engine NOT LIKE '%View%' AND name NOT LIKE '.inner%'`;
  const tables = await clickhouse.client.query(sql, {}, Table);
  const real = tables.map((table) => [table.name, table.sorting_key, table.partition_key, table.ttl, table.kind]);
  expect(real.sort()).toEqual(documented("Tables").sort());
});

it("names every column of the events and its type", async () => {
  const sql =
    "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = 'events' ORDER BY position";
  const columns = await clickhouse.client.query(sql, {}, z.object({ name: z.string(), type: z.string() }));
  expect(documented("Events").map((cells) => cells.slice(0, 2))).toEqual(columns.map(({ name, type }) => [name, type]));
});

it("names every materialized view", async () => {
  const sql = "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView'";
  const views = await clickhouse.client.query(sql, {}, z.object({ name: z.string() }));
  const text = readFileSync(DOCUMENT, "utf8");
  expect(views.length).toBeGreaterThan(0);
  expect(views.filter(({ name }) => !text.includes(`\`${name}\``))).toEqual([]);
});
