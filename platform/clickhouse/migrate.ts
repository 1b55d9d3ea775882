import { z } from "zod";
import type { Logger } from "../observability/logger.ts";
import type { ClickHouse } from "./clickhouse.ts";
import { type Migration, onCluster, readMigrations, withCluster } from "./migration-files.ts";

export interface MigrateOptions {
  /** Bound to {@link DATABASE}, which need not exist yet. */
  clickhouse: ClickHouse;
  /** Of files `NNNN_name.sql`, one idempotent statement each. */
  directory: string;
  /** Name for `{cluster}`; null on a single server and on the embedded engine. */
  cluster: string | null;
  log: Logger;
  /** Called before each file that runs. */
  onProgress?: (step: { number: number; name: string; total: number }) => void;
}

export const DATABASE = "playhead";

const Applied = z.object({ number: z.number(), checksum: z.string() });

/**
 * Brings the analytics tables up to date, forward only, and resolves with the numbers that ran. The caller holds the
 * Postgres advisory lock of all migrations; even without it nothing breaks, since every statement may run twice.
 *
 * A file is recorded after it ran: killed in between, it runs again. Rejects before anything runs when a recorded file has
 * been changed or is gone.
 */
export async function migrateClickHouse(options: MigrateOptions): Promise<number[]> {
  const { clickhouse, cluster, log, onProgress } = options;
  const migrations = await readMigrations(options.directory);
  await createBookkeeping(clickhouse, cluster);
  const applied = await readApplied(clickhouse);
  checkHistory(migrations, applied);

  const pending = migrations.filter(({ number }) => !applied.has(number));
  for (const migration of pending) {
    onProgress?.({ number: migration.number, name: migration.name, total: migrations.length });
    await clickhouse.command(withCluster(migration.sql, cluster));
    await record(clickhouse, migration);
    log.info({ number: migration.number, name: migration.name }, "clickhouse migration done");
  }
  return pending.map(({ number }) => number);
}

/** `default` is an overlay of several databases in the embedded engine: the product has one of its own. */
async function createBookkeeping(clickhouse: ClickHouse, cluster: string | null): Promise<void> {
  await clickhouse.command(`CREATE DATABASE IF NOT EXISTS ${DATABASE} ${onCluster(cluster)} ENGINE = Atomic`, {
    database: "default",
  });
  const engine = cluster === null ? "ReplacingMergeTree" : "ReplicatedReplacingMergeTree";
  await clickhouse.command(`
    CREATE TABLE IF NOT EXISTS schema_migrations ${onCluster(cluster)}
      (number UInt32, name String, checksum String, applied_at DateTime64(3) DEFAULT now64(3))
    ENGINE = ${engine} ORDER BY number`);
}

async function readApplied(clickhouse: ClickHouse): Promise<Map<number, string>> {
  const rows = await clickhouse.query("SELECT number, checksum FROM schema_migrations FINAL", {}, Applied);
  return new Map(rows.map(({ number, checksum }) => [number, checksum]));
}

function checkHistory(migrations: readonly Migration[], applied: ReadonlyMap<number, string>): void {
  for (const [number, checksum] of applied) {
    const migration = migrations[number - 1];
    if (migration === undefined) {
      throw new Error(`The store has migration ${number}, which this release does not know: it belongs to a newer one`);
    }
    if (migration.checksum !== checksum) {
      throw new Error(`Migration ${number} (${migration.name}) was changed after it had run: add a new file instead`);
    }
  }
}

function record(clickhouse: ClickHouse, { number, name, checksum }: Migration): Promise<void> {
  return clickhouse.insert("schema_migrations", ["number", "name", "checksum"], [[number, name, checksum]]);
}
