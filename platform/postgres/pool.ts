import { Kysely, PostgresDialect } from "kysely";
import { Pool, types } from "pg";
import { Gauge } from "prom-client";
import type { Logger } from "../observability/logger.ts";
import type { Metrics } from "../observability/metrics.ts";
import type { Schema } from "./schema.ts";

export type Postgres = Kysely<Schema>;

export interface PoolOptions {
  url: string;
  /** Shown in `pg_stat_activity` and in the engine's log, such as `playhead-server`. */
  applicationName: string;
  log: Logger;
  metrics?: Metrics;
  /** Connections at most; all programs together stay below the engine's 100. */
  max?: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** A little later than the engine's own limit: this one notices an engine that no longer answers at all. */
const ANSWER_TIMEOUT_MS = 32_000;

/** `bigint` of the engine. Every such column of ours counts or numbers things and stays far below 2^53. */
const INT8 = 20;

/** Connections to Postgres, opened when first needed: building a pool neither connects nor fails. */
export function createPool({ url, applicationName, log, metrics, max = 10 }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: applicationName,
    max,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    types: {
      getTypeParser: ((oid: number, format?: "text" | "binary") =>
        oid === INT8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  });
  // An idle connection that breaks says so here; without a listener Node would end the process.
  pool.on("error", (error) => log.warn({ err: error }, "idle postgres connection lost"));
  if (metrics !== undefined) watchPool(pool, metrics);
  return pool;
}

/** Typed SQL over a pool. `destroy()` ends the pool too. */
export function createPostgres(pool: Pool): Postgres {
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}

function watchPool(pool: Pool, metrics: Metrics): void {
  new Gauge({
    name: "playhead_postgres_connections",
    help: "Connections of the pool by state; waiting counts callers that have none yet",
    labelNames: ["state"],
    registers: [metrics],
    collect() {
      this.set({ state: "idle" }, pool.idleCount);
      this.set({ state: "busy" }, pool.totalCount - pool.idleCount);
      this.set({ state: "waiting" }, pool.waitingCount);
    },
  });
}
