import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { planKey, sourceKey } from "../../domain/media/object-keys.ts";
import { migrateClickHouse } from "../clickhouse/migrate.ts";
import { startTestClickHouse, TEST_DATABASE, type TestClickHouse } from "../clickhouse/testing.ts";
import { createLogger } from "../observability/logger.ts";
import { startTestPostgres, type TestPostgres } from "../postgres/testing.ts";
import { type KeptStores, openStores } from "./kept-stores.ts";
import { restore } from "./restore.ts";
import { unpackFrom } from "./row-files.ts";
import { save } from "./save.ts";

const ASSET = { environment: "abc123", assetId: "A".repeat(44), planId: "0".repeat(16) };
const log = createLogger("test", "silent");
const quiet = { isForced: false, say: () => {} };

let folder: string;
let postgres: TestPostgres;
let engines: TestClickHouse[];
let from: KeptStores;
let to: KeptStores;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-backup-"));
  postgres = await startTestPostgres();
  engines = [await startTestClickHouse(), await startTestClickHouse()];
  for (const { client } of engines) {
    const directory = join(import.meta.dirname, "../../migrations/clickhouse");
    await migrateClickHouse({ clickhouse: client, directory, cluster: null, log });
  }
  [from, to] = [await open(0), await open(1)];
  await fill(from);
}, 60_000);
afterAll(async () => {
  await from?.close();
  await to?.close();
  for (const engine of engines ?? []) await engine.stop();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function open(n: number): Promise<KeptStores> {
  const databaseUrl = await postgres.createTestDatabase();
  const clickhouseUrl = engines[n]?.url ?? "";
  return openStores({
    databaseUrl,
    clickhouseUrl,
    database: TEST_DATABASE,
    objectsDir: join(folder, `objects-${n}`),
    objectsUrl: "",
  });
}

/** A tenant with an asset, a job that waits for tomorrow, and views of which one has two versions. */
async function fill({ postgres: client, clickhouse, objects }: KeptStores): Promise<void> {
  await client.query(`insert into organizations (name) values ('Café "ÿ" \\ 1')`);
  await client.query(`insert into environments (id, organization_id, name, type)
    select 'abc123', id, 'Production', 'production' from organizations`);
  await client.query(
    `insert into assets (environment_id, id, status, ingest_type, plan_id, source_generation, duration_seconds, video_quality,
       max_resolution_tier, meta, created_at, updated_at)
     values ('abc123', $1, 'ready', 'on_demand_url', $2, 1, 10.01, 'plus', '1080p', '{"title": "A\\nfilm"}', now(), now())`,
    [ASSET.assetId, ASSET.planId],
  );
  await client.query(
    `select graphile_worker.add_job('tomorrow', '{"a": [1, "é"]}', run_at => now() + interval '1 day', job_key => 'once')`,
  );
  await objects.put(sourceKey(ASSET, 1), Buffer.from("source"));
  await objects.put(planKey(ASSET), Buffer.from("plan"));
  for (const [view, version, country] of [
    ["one", 1, "DE"],
    ["one", 2, "AT"],
    ["two", 1, "FR"],
  ]) {
    await clickhouse.command({
      query: `INSERT INTO views (environment_id, first_seen, view_id, version, country, expires_on)
        VALUES (1, '2026-01-01 00:00:00', '${view}', ${version}, '${country}', '2100-01-01')`,
    });
  }
}

/** What a backup says of rows, whatever their order. */
async function rowsIn(backup: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const file of await readdir(join(backup, "postgres")))
    found[file] = (await text(unpackFrom(join(backup, "postgres", file)))).split("\n").sort();
  return found;
}

it("brings everything back into a new Playhead: a backup of that is the same", async () => {
  const [first, second] = [join(folder, "first"), join(folder, "second")];
  const saved = await save(from, first, () => {});
  expect(saved.objects.map(({ key }) => key).sort()).toEqual([planKey(ASSET), sourceKey(ASSET, 1)].sort());
  await restore(to, first, quiet);
  const again = await save(to, second, () => {});

  expect(await rowsIn(second)).toEqual(await rowsIn(first));
  expect((await rowsIn(first))["waiting-jobs.jsonl.gz"]?.join()).toContain('"payload": {"a": [1, "é"]}');
  const countsOf = ({ clickhouse }: typeof saved) => clickhouse.map(({ table, rows }) => [table, rows]);
  expect(countsOf(again)).toEqual(countsOf(saved));
  const query = "SELECT view_id, country FROM views FINAL ORDER BY view_id";
  const answer = await to.clickhouse.query({ query, format: "JSONCompactEachRow" });
  expect(await answer.json()).toEqual([
    ["one", "AT"],
    ["two", "FR"],
  ]);
  const source = await to.objects.read(sourceKey(ASSET, 1));
  expect(source && (await text(source.body))).toBe("source");
});

it("goes on numbering behind what came back", async () => {
  await to.postgres.query(`insert into environments (id, organization_id, name, type)
    select 'def456', id, 'Another', 'development' from organizations`);
  const { rows } = await to.postgres.query("select number from environments order by number");
  expect(rows).toEqual([{ number: "1" }, { number: "2" }]);
});

it("refuses stores that are not empty unless forced, and takes their place then", async () => {
  const backup = join(folder, "first");
  await expect(restore(to, backup, quiet)).rejects.toThrow("1 assets and 2 views already");
  await restore(to, backup, { ...quiet, isForced: true });
  expect((await to.postgres.query("select id from environments")).rows).toEqual([{ id: "abc123" }]);
});

it("refuses a folder that is not empty, one without a backup, and a backup that is damaged", async () => {
  await expect(save(from, join(folder, "first"), () => {})).rejects.toThrow("not empty");
  await expect(restore(to, folder, quiet)).rejects.toThrow("no backup that was finished");
  const damaged = join(folder, "second");
  await writeFile(join(damaged, "postgres/assets.jsonl.gz"), "x");
  await expect(restore(to, damaged, { ...quiet, isForced: true })).rejects.toThrow(
    "assets.jsonl.gz of the backup is damaged",
  );
});

it("makes no backup of a store that lacks an asset's source, and says which", async () => {
  await from.objects.delete(sourceKey(ASSET, 1));
  await expect(save(from, join(folder, "lost"), () => {})).rejects.toThrow("its source or plan is not in the store");
});
