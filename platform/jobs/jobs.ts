import { sql } from "kysely";
import type { Postgres, PostgresTransaction } from "../postgres/pool.ts";

export interface JobSpec {
  /** Name of the task that runs it; whoever has that task may be another program. */
  task: string;
  payload: object;
  /**
   * One waiting job per key: a second one replaces what waits. A job that already runs is not touched: the new one runs
   * after it, since what it reads may have changed.
   */
  key?: string;
  runAt?: Date;
  /** From now on, by the clock of Postgres: a program whose own lags would else run a daily job without end. */
  afterMs?: number;
  /** Jobs of one queue run one after another. Few names only: each is a row for ever. */
  queue?: string;
  /** 25 unless given: with the growing delay between attempts that is about four days. */
  maxAttempts?: number;
  /** Smaller runs first; 0 unless given. */
  priority?: number;
}

/**
 * Adds a job in the caller's transaction: it runs when that commits, and never when it does not. A job runs at least once:
 * its task has to bear a second run.
 */
export async function addJob(db: Postgres | PostgresTransaction, job: JobSpec): Promise<void> {
  const { task, payload, key = null, runAt = null, afterMs = 0, queue = null } = job;
  const { maxAttempts = null, priority = null } = job;
  await sql`
    select graphile_worker.add_job(
      identifier => ${task}::text, payload => ${JSON.stringify(payload)}::json, queue_name => ${queue}::text,
      run_at => coalesce(${runAt}::timestamptz, now()) + make_interval(secs => ${afterMs / 1_000}::double precision), max_attempts => ${maxAttempts}::integer, job_key => ${key}::text,
      priority => ${priority}::integer)`.execute(db);
}

/**
 * Adds a keyed job where none with its key waits. Looks before it writes, so that transactions that all want the same job do
 * not wait for each other at its row, as they would with {@link addJob}.
 */
export async function addJobUnlessWaiting(
  db: Postgres | PostgresTransaction,
  job: JobSpec & { key: string },
): Promise<void> {
  const { rows } = await sql`
    select from graphile_worker.jobs where key = ${job.key} and locked_at is null and attempts < max_attempts`.execute(
    db,
  );
  if (rows.length === 0) await addJob(db, job);
}
