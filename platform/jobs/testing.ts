import { sql } from "kysely";
import type { Postgres } from "../postgres/pool.ts";

export interface WaitingJob {
  task: string;
  key: string | null;
  queue: string | null;
  payload: unknown;
  runAt: Date;
}

/** What waits or runs, in the order in which it was added. */
export async function listJobs(db: Postgres): Promise<WaitingJob[]> {
  const { rows } = await sql<WaitingJob>`
    select jobs.task_identifier as task, jobs.key, jobs.queue_name as queue, jobs.run_at as "runAt", payload
    from graphile_worker.jobs join graphile_worker._private_jobs as whole on whole.id = jobs.id order by jobs.id`.execute(
    db,
  );
  return rows;
}

/** Takes back a job that waits. */
export async function removeJob(db: Postgres, key: string): Promise<void> {
  await sql`select graphile_worker.remove_job(${key})`.execute(db);
}
