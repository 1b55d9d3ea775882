import {
  Kysely,
  type PostgresCursor,
  PostgresDialect,
  type PostgresPoolClient,
  type PostgresQueryResult,
  sql,
  type Transaction,
} from "kysely";
import { Pool, type PoolClient, types } from "pg";
import { Gauge } from "prom-client";
import type { Logger } from "../observability/logger.ts";
import type { Metrics } from "../observability/metrics.ts";
import { classifyPostgresError, PostgresUnavailable } from "./errors.ts";
import type { Schema } from "./schema.ts";

export type Postgres = Kysely<Schema>;
export type PostgresTransaction = Transaction<Schema>;

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
  // The same while it is lent out and nothing is asked of it; who asks next is told.
  pool.on("connect", (client) => client.on("error", () => {}));
  if (metrics !== undefined) watchPool(pool, metrics);
  return pool;
}

/**
 * Typed SQL over a pool, which the caller ends. Rejects with `PostgresUnavailable` when the engine cannot serve, with the
 * driver's `DatabaseError` when it refuses the statement.
 */
export function createPostgres(pool: Pool): Postgres {
  const connect = async (): Promise<PostgresPoolClient> => {
    try {
      return classifying(await pool.connect());
    } catch (error) {
      throw classifyPostgresError(error);
    }
  };
  const end = (): Promise<void> => pool.end();
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: { connect, end, options: pool.options } }) });
}

/** Keeps other writers out of a table until the transaction ends; readers go on. For decisions on what is not there. */
export async function lockTable(transaction: PostgresTransaction, table: keyof Schema): Promise<void> {
  await sql`lock table ${sql.table(table)} in share row exclusive mode`.execute(transaction);
}

/** Does a part of a transaction that may fail alone: what it throws takes back all that it did, and nothing else. */
export async function attempt<T>(transaction: PostgresTransaction, work: () => Promise<T>): Promise<T> {
  await sql`savepoint attempt`.execute(transaction);
  try {
    const done = await work();
    await sql`release savepoint attempt`.execute(transaction);
    return done;
  } catch (error) {
    await sql`rollback to savepoint attempt`.execute(transaction);
    throw error;
  }
}

/** The part of a connection that Kysely uses, with its failures classified; one that failed as a whole is not kept. */
function classifying(client: PoolClient): PostgresPoolClient {
  let isBroken = false;
  function query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query(statement: unknown, parameters: readonly unknown[] = []): unknown {
    if (typeof statement !== "string") throw new TypeError("cursors are not set up");
    return client.query(statement, [...parameters]).catch((error: unknown) => {
      const classified = classifyPostgresError(error);
      isBroken = classified instanceof PostgresUnavailable;
      throw classified;
    });
  }
  return { query, release: (destroy) => client.release(isBroken || destroy === true) };
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
