import { join } from "node:path";
import { createClickHouse } from "../platform/clickhouse/client.ts";
import { DATABASE, migrateClickHouse } from "../platform/clickhouse/migrate.ts";
import { createLogger } from "../platform/observability/logger.ts";
import { migratePostgres, withMigrationLock } from "../platform/postgres/migrate.ts";
import { readConfig } from "./migrate/config.ts";

/**
 * Brings both databases up to date behind one Postgres advisory lock, so that any number of releases may start at once.
 * Run by `npm start`, and before a roll-out: `node scripts/migrate.ts`.
 */
const config = readConfig();
const log = createLogger("migrate", config.LOG_LEVEL);
const clickhouse = createClickHouse({ url: config.CLICKHOUSE_URL, database: DATABASE, log });
try {
  await withMigrationLock(config.DATABASE_URL, async (lock) => {
    const postgres = await migratePostgres(lock, log);
    const tables = await migrateClickHouse({
      clickhouse,
      directory: join(import.meta.dirname, "../migrations/clickhouse"),
      cluster: config.CLICKHOUSE_CLUSTER ?? null,
      log,
    });
    log.info({ postgres, clickhouse: tables }, "migrated");
  });
} catch (error) {
  log.fatal({ err: error }, "migration failed");
  process.exitCode = 1;
} finally {
  await clickhouse.close();
}
