import { join } from "node:path";
import type { Client } from "pg";
import { BackupRefused } from "./backup-refused.ts";
import { clickhouseMigrations, countOf, restoreClickHouse } from "./clickhouse-tables.ts";
import type { KeptStores } from "./kept-stores.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { requireObjectFiles, restoreObjects } from "./object-files.ts";
import { migrationsOf, restorePostgres } from "./postgres-rows.ts";
import { sha256Of } from "./row-files.ts";

/**
 * Brings back what a backup holds, in place of all that is there. The backup is checked as a whole first; rows of Postgres come last and at
 * once, so that a restore that was stopped has changed no asset. Throws BackupRefused where the stores are another release's, or hold
 * assets or views and `isForced` is false.
 */
export async function restore(
  stores: KeptStores,
  folder: string,
  { isForced, say }: { isForced: boolean; say: (line: string) => void },
): Promise<Manifest> {
  const { postgres, clickhouse, objects } = stores;
  const manifest = await readManifest(folder);
  await requireSameRelease(stores, manifest);
  if (!isForced) await requireEmpty(stores);
  say("checking the backup");
  for (const { file, sha256 } of [...manifest.postgres, ...manifest.clickhouse]) {
    if ((await sha256Of(join(folder, file))) !== sha256) throw new Error(`${file} of the backup is damaged`);
  }
  await requireObjectFiles(folder, manifest.objects);
  await restoreObjects(objects, folder, manifest.objects, say);
  await restoreClickHouse(clickhouse, folder, manifest.clickhouse, say);
  await restorePostgres(postgres, folder, manifest.postgres, say);
  for (const { table, rows } of manifest.clickhouse) {
    const found = await countOf(clickhouse, table);
    if (found < rows) say(`ClickHouse: of ${rows} rows of ${table} ${found} are there: the others had expired`);
  }
  return manifest;
}

async function requireSameRelease({ postgres, clickhouse }: KeptStores, manifest: Manifest): Promise<void> {
  const [here, there] = [await migrationsOf(postgres), manifest.postgresMigrations];
  const isSame =
    here.join() === there.join() && (await clickhouseMigrations(clickhouse)) === manifest.clickhouseMigrations;
  if (isSame) return;
  throw new BackupRefused(
    `the backup was made by a release with ${there.length} and ${manifest.clickhouseMigrations} migrations: restore it with that one, then update`,
  );
}

async function requireEmpty({ postgres, clickhouse }: KeptStores): Promise<void> {
  const assets = await countAssets(postgres);
  const views = await countOf(clickhouse, "views");
  if (assets + views === 0) return;
  throw new BackupRefused(
    `there are ${assets} assets and ${views} views already; --force replaces them with the backup's`,
  );
}

async function countAssets(postgres: Client): Promise<number> {
  const { rows } = await postgres.query<{ count: number }>("select count(*)::integer as count from assets");
  return rows[0]?.count ?? 0;
}
