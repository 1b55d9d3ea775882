import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { runner } from "node-pg-migrate";
import { Client } from "pg";
import { JOBS_REVISION, migrateJobs } from "../jobs/migrate.ts";
import type { Logger } from "../observability/logger.ts";
import type { Postgres } from "./pool.ts";

const MIGRATIONS = fileURLToPath(new URL("../../migrations/postgres", import.meta.url));

/** Any constant serves that nothing else in the database locks; changing it would let two releases migrate at once. */
const LOCK_KEY = 2_003_471_805;

const LOCK_RETRY_MS = 100;

/** Proof that the migration lock is held; what migrates asks for it, so that nothing migrates without. */
export interface MigrationLock {
  client: Client;
  /** Of the same database, for what migrates over a connection of its own. */
  url: string;
}

/**
 * Runs `work` while holding the one lock behind which everything migrates, ClickHouse included; waits for other holders.
 * The lock belongs to a connection of its own and dies with it, so a killed holder blocks nobody. `url` must reach
 * Postgres itself, not a pooler that shares sessions. Rejects when that connection is lost before the work is done.
 */
export async function withMigrationLock<T>(url: string, work: (lock: MigrationLock) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: url,
    application_name: "playhead-migrate",
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  const lost = new Promise<never>((_, reject) => {
    client.on("error", (error) =>
      reject(new Error("the connection that held the migration lock broke", { cause: error })),
    );
  });
  lost.catch(() => {}); // heard through the race below; unheard when the work is already done
  try {
    await client.connect();
    await acquire(client);
    return await Promise.race([work({ client, url }), lost]);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Asks again and again rather than waiting inside the engine: a waiting statement would hold up concurrent index builds. */
async function acquire(client: Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [LOCK_KEY]);
    if (rows[0]?.held) return;
    await delay(LOCK_RETRY_MS * (0.5 + Math.random()));
  }
}

/**
 * Applies the Postgres migrations that are missing, each in its own transaction; returns their names. Those of the job queue
 * are its package's own.
 */
export async function migratePostgres({ client, url }: MigrationLock, log: Logger): Promise<string[]> {
  await migrateJobs(url, log);
  const applied = await runner({
    dbClient: client,
    dir: MIGRATIONS,
    ignorePattern: "(?!.*\\.sql$).*",
    direction: "up",
    migrationsTable: "migrations",
    singleTransaction: false,
    noLock: true, // ours is held
    logger: {
      debug: (message) => log.debug({ message }, "migration"),
      info: (message) => log.debug({ message }, "migration"),
      warn: (message) => log.warn({ message }, "migration"),
      error: (message) => log.error({ message }, "migration"),
    },
  });
  return applied.map(({ name }) => name);
}

/** Migrations that this release needs and the database has not seen; a program is not ready before they ran. */
export async function missingMigrations(db: Postgres): Promise<string[]> {
  const names = (await readdir(MIGRATIONS))
    .filter((file) => file.endsWith(".sql"))
    .map((file) => basename(file, ".sql"))
    .sort();
  const { rows: tables } = await sql<{ ours: boolean; jobs: boolean }>`
    select to_regclass('migrations') is not null as ours, to_regclass('graphile_worker.migrations') is not null as jobs`.execute(
    db,
  );
  const missing = tables[0]?.jobs && (await hasJobs(db)) ? [] : ["graphile_worker"];
  if (!tables[0]?.ours) return [...missing, ...names];
  const { rows } = await sql<{ name: string }>`select name from migrations`.execute(db);
  const seen = new Set(rows.map(({ name }) => name));
  return [...missing, ...names.filter((name) => !seen.has(name))];
}

async function hasJobs(db: Postgres): Promise<boolean> {
  const { rows } = await sql<{ newest: number | null }>`
    select max(id) as newest from graphile_worker.migrations`.execute(db);
  return (rows[0]?.newest ?? 0) >= JOBS_REVISION;
}
