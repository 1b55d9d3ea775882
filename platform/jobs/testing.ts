import { sql } from "kysely";
import type { Postgres } from "../postgres/pool.ts";

export interface WaitingJob {
  task: string;
  key: string | null;
  queue: string | null;
  runAt: Date;
}

/** What waits or runs, in the order in which it was added. */
export async function listJobs(db: Postgres): Promise<WaitingJob[]> {
  const { rows } = await sql<{ task: string; key: string | null; queue_name: string | null; run_at: Date }>`
    select task_identifier as task, key, queue_name, run_at from graphile_worker.jobs order by id`.execute(db);
  return rows.map(({ task, key, queue_name, run_at }) => ({ task, key, queue: queue_name, runAt: run_at }));
}

/** Takes back a job that waits. */
export async function removeJob(db: Postgres, key: string): Promise<void> {
  await sql`select graphile_worker.remove_job(${key})`.execute(db);
}
