import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { Client } from "pg";
import { createLogger } from "../observability/logger.ts";
import { launchEmbeddedPostgres } from "./embedded/launch.ts";
import { migratePostgres, withMigrationLock } from "./migrate.ts";
import type { Postgres } from "./pool.ts";

export interface TestPostgres {
  /** An empty database, not migrated. */
  url: string;
  /** A database of one's own with all migrations applied, cloned from a template in well under a second. */
  createTestDatabase(): Promise<string>;
  stop(): Promise<void>;
}

const TEMPLATE = "migrated";

/** A real Postgres for one test file: own folder, free port, nothing synced to disk. One to four seconds, by load. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const log = createLogger("test", "silent");
  const dataDir = await mkdtemp(join(tmpdir(), "playhead-"));
  const engine = await launchEmbeddedPostgres({
    dataDir,
    port: await freePort(),
    password: randomBytes(12).toString("hex"),
    log,
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
  });
  let template: Promise<void> | null = null;
  let created = 0;

  const makeTemplate = async (): Promise<void> => {
    await query(engine.url, `create database ${TEMPLATE}`);
    await withMigrationLock(withDatabase(engine.url, TEMPLATE), (lock) => migratePostgres(lock, log));
  };
  return {
    url: engine.url,
    createTestDatabase: async () => {
      template ??= makeTemplate();
      await template;
      created += 1;
      const name = `test_${created}`;
      await query(engine.url, `create database ${name} template ${TEMPLATE}`);
      return withDatabase(engine.url, name);
    },
    stop: async () => {
      await engine.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Ends what waits for a lock as the limit of a statement's time would, and tells how many that were. */
export async function endWaiting(db: Postgres): Promise<number> {
  const { rows } = await sql`
    select pg_cancel_backend(pid) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
  return rows.length;
}

/** A port that was free a moment ago, for engines that cannot be asked to choose one. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
