import { sql } from "kysely";
import type { Logger } from "../observability/logger.ts";
import type { Postgres } from "../postgres/pool.ts";

const SWEEP_EVERY_MS = 2_500;
/** A job that was killed with its program this often is taken to be what kills it. */
const MAX_KILLED_ATTEMPTS = 40;

/** Ids of workers that have jobs but not their lock: (classid, objid) are the two halves of a lock's number. */
const LOST_WORKERS = sql<{ worker_id: string }>`
  select distinct j.locked_by as worker_id from graphile_worker.jobs j
  where j.locked_by is not null and not exists (
    select from pg_locks l
    where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
      and l.database = (select oid from pg_database where datname = current_database())
      and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(j.locked_by, 0))`;

/**
 * Frees, for as long as it runs, the jobs of workers that are gone; graphile-worker alone would wait four hours. A worker
 * is gone when its lock was free twice in a row: one whose connection just broke takes the lock again in between.
 */
export function sweepLostWorkers(db: Postgres, log: Logger): { stop(): Promise<void> } {
  let seen = new Set<string>();
  let running: Promise<void> = Promise.resolve();
  const sweep = async (): Promise<void> => {
    try {
      const { rows } = await LOST_WORKERS.execute(db);
      const lost = rows.map((row) => row.worker_id);
      const gone = lost.filter((id) => seen.has(id));
      seen = new Set(lost);
      if (gone.length > 0) log.warn({ workers: gone, jobs: await free(db, gone) }, "jobs of lost workers run again");
    } catch (error) {
      seen = new Set();
      log.debug({ err: error }, "sweep for lost workers failed");
    }
  };
  const timer = setInterval(() => {
    running = running.then(sweep);
  }, SWEEP_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

/** Beside a job whose last attempt was killed. */
export const GIVEN_UP_FLAG = "given_up";

/**
 * The attempt that was cut short counts. Where it was the last one, one more may tell that nothing came of the job; but not where
 * another job took its key while it ran, which looks like a last attempt too.
 */
async function free(db: Postgres, workerIds: readonly string[]): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ id: string }>`
      select id from graphile_worker.jobs where locked_by = any(${workerIds}::text[])`.execute(transaction);
    await sql`select graphile_worker.force_unlock_workers(${workerIds}::text[])`.execute(transaction);
    await sql`
      update graphile_worker._private_jobs
      set max_attempts = attempts + 1,
        flags = case when key is null then flags
          else coalesce(flags, '{}') || jsonb_build_object(${GIVEN_UP_FLAG}::text, true) end
      where id = any(${rows.map(({ id }) => id)}::bigint[])
        and attempts >= max_attempts and attempts < ${MAX_KILLED_ATTEMPTS}`.execute(transaction);
    return rows.length;
  });
}
