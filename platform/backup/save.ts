import { mkdir, readdir } from "node:fs/promises";
import type { Client } from "pg";
import { planKey, sourceKey } from "../../domain/media/object-keys.ts";
import type { ObjectInfo } from "../objects/objects.ts";
import { BackupRefused } from "./backup-refused.ts";
import { clickhouseMigrations, saveClickHouse } from "./clickhouse-tables.ts";
import type { KeptStores } from "./kept-stores.ts";
import { type Manifest, writeManifest } from "./manifest.ts";
import { saveObjects } from "./object-files.ts";
import { migrationsOf, savePostgres } from "./postgres-rows.ts";

/** An asset that is deleted between rows and objects takes another round: rows are read again, which takes seconds. */
const ROUNDS = 5;

/**
 * Makes a backup of a Playhead that goes on working. Objects are copied before the rows and once more after them: what the rows name
 * is there, unless it was deleted in between, and then the rows are read again. Objects that no row names are swept away by a restored
 * Playhead as by any.
 */
export async function save(stores: KeptStores, folder: string, say: (line: string) => void): Promise<Manifest> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new BackupRefused(`${folder} is not empty`);
  const begunAt = new Date().toISOString();
  const { postgres, clickhouse, objects } = stores;
  const saved = new Map<string, ObjectInfo>();
  const copyObjects = async (): Promise<void> => saveObjects(objects, folder, await prefixesOf(postgres), saved, say);
  await copyObjects();
  const tables = await saveClickHouse(clickhouse, folder, say);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const assets = await readyAssets(postgres);
    const rows = await savePostgres(postgres, folder, say);
    await copyObjects();
    const missing = await missingOf(postgres, assets, saved);
    if (missing.length > 0) {
      say(`${missing.length} assets changed meanwhile: the rows are read again`);
      continue;
    }
    const manifest: Manifest = {
      version: 1,
      begunAt,
      endedAt: new Date().toISOString(),
      postgresMigrations: await migrationsOf(postgres),
      clickhouseMigrations: await clickhouseMigrations(clickhouse),
      postgres: rows,
      clickhouse: tables,
      objects: [...saved.values()],
    };
    await writeManifest(folder, manifest);
    return manifest;
  }
  throw new Error("assets were deleted faster than their rows could be read: try again");
}

async function prefixesOf(postgres: Client): Promise<string[]> {
  const { rows } = await postgres.query<{ id: string }>("select id from environments order by number");
  return rows.map(({ id }) => `${id}/`);
}

interface ReadyAsset {
  environment: string;
  assetId: string;
  planId: string;
  generation: number;
}

async function readyAssets(postgres: Client): Promise<ReadyAsset[]> {
  const { rows } = await postgres.query<ReadyAsset>(
    `select environment_id as environment, id as "assetId", plan_id as "planId", source_generation as generation
     from assets where status = 'ready' and deleted_at is null`,
  );
  return rows;
}

/** Assets that were ready before the rows were read and whose source or plan was not copied. Throws where the store itself lacks them. */
async function missingOf(
  postgres: Client,
  assets: readonly ReadyAsset[],
  saved: ReadonlyMap<string, ObjectInfo>,
): Promise<ReadyAsset[]> {
  const missing = assets.filter(
    (asset) => !saved.has(sourceKey(asset, asset.generation)) || !saved.has(planKey(asset)),
  );
  const ids = new Set((await readyAssets(postgres)).map(({ assetId }) => assetId));
  const lost = missing.find(({ assetId }) => ids.has(assetId));
  if (lost !== undefined) throw new Error(`asset ${lost.assetId} is ready, but its source or plan is not in the store`);
  return missing;
}
