import { setTimeout as delay } from "node:timers/promises";
import { Logger as GraphileLogger, type Job, runTaskList, type TaskList, type WorkerPool } from "graphile-worker";
import { sql } from "kysely";
import type { Pool } from "pg";
import type { Logger } from "../observability/logger.ts";
import type { Metrics } from "../observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../postgres/pool.ts";
import { holdLiveness } from "./liveness.ts";
import { GIVEN_UP_FLAG, sweepLostWorkers } from "./sweep.ts";
import { type JobOfTask, type JobTask, type RunTask, watchTasks } from "./task.ts";

export interface JobWorkerOptions {
  /** Postgres itself, not a pooler that shares sessions: a lock shows that this worker lives. */
  url: string;
  /** By name. Jobs with other names are left for other programs. */
  tasks: Readonly<Record<string, JobTask>>;
  /** Jobs at the same time. */
  concurrency: number;
  /** Such as `playhead-server`; names the connections. */
  name: string;
  log: Logger;
  metrics: Metrics;
}

export interface JobWorker {
  /**
   * Takes no further job, lets those that run finish for `graceMs`, then aborts their signals and waits a little; what still
   * runs then is given back. An attempt that ends by this does not count.
   */
  close(graceMs?: number): Promise<void>;
}

/** Jobs that have to wait for their time, and those whose notification was lost, are looked for this often. */
const POLL_MS = 1_000;
const DEFAULT_GRACE_MS = 2_000;
/** What a task gets to notice that its signal was aborted. */
const ABORT_MS = 2_000;
const RESTART_MS = 1_000;
/** Questions for jobs and their ends, and one connection that listens. What tasks ask is not asked here. */
const CONNECTIONS = 4;

/** Runs jobs for as long as the program lives, through restarts of Postgres and before its migrations; never rejects. */
export function startJobWorker(options: JobWorkerOptions): JobWorker {
  const { url, name, log, metrics } = options;
  const pool = createPool({ url, applicationName: `${name}-jobs`, log, max: CONNECTIONS });
  const db = createPostgres(pool);
  const sweep = sweepLostWorkers(db, log);
  const stop = new AbortController();
  const abort = new AbortController();
  const run = watchTasks(log, metrics, (job) => uncount(db, job, log));
  const working = keepWorking(options, pool, run, { stop: stop.signal, abort: abort.signal });
  return {
    close: async (graceMs = DEFAULT_GRACE_MS) => {
      stop.abort();
      const aborting = setTimeout(() => abort.abort(), graceMs);
      await working(graceMs + ABORT_MS);
      clearTimeout(aborting);
      await sweep.stop();
      await pool.end();
    },
  };
}

interface Signals {
  stop: AbortSignal;
  abort: AbortSignal;
}

/** One graphile-worker pool after another: it ends itself when it cannot note that a job is done. */
function keepWorking(options: JobWorkerOptions, pool: Pool, run: RunTask, signals: Signals) {
  let current: WorkerPool | null = null;
  const loop = async (): Promise<void> => {
    while (!signals.stop.aborted) {
      let liveness: ReturnType<typeof holdLiveness> | null = null;
      const workers = runTaskList(
        {
          ...graphileOptions(options.concurrency, options.log),
          // Asked before each job: the only place where taking one can be held up.
          forbiddenFlags: async () => {
            await liveness?.whenHeld();
            return null;
          },
        },
        taskList(options.tasks, run, signals.abort),
        pool,
      );
      liveness = holdLiveness(options.url, workers.id, options.log);
      current = workers;
      try {
        await workers.promise;
      } catch (error) {
        options.log.warn({ err: error }, "job worker ended; another one starts");
      }
      current = null;
      await liveness.close();
      await delay(RESTART_MS, undefined, { signal: signals.stop }).catch(() => {});
    }
  };
  const looping = loop();
  return async (deadlineMs: number): Promise<void> => {
    const late = new AbortController();
    const workers = current;
    if (workers !== null) {
      Promise.resolve(workers.gracefulShutdown()).catch(() => {}); // also told by its promise above
      delay(deadlineMs, undefined, { signal: late.signal }).then(
        () => Promise.resolve(workers.forcefulShutdown("the program stops")).catch(() => {}),
        () => {},
      );
    }
    await looping;
    late.abort();
  };
}

function graphileOptions(concurrency: number, log: Logger) {
  return {
    concurrency,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    logger: new GraphileLogger(() => (level, message, meta) => {
      if (meta["failure"] === true || level === "debug") return; // failures are logged with their cause in task.ts
      if (level === "error" || level === "warning") log.warn({ err: meta["error"], message }, "job worker");
      else log.debug({ message }, "job worker");
    }),
    // Without batches a job's end that cannot be noted is an unhandled rejection, which ends the program.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  };
}

/** As graphile-worker does it with what is given back. A job that another one has replaced meanwhile has another number: it stays ended. */
async function uncount(db: Postgres, { id, attempt }: JobOfTask, log: Logger): Promise<void> {
  try {
    await sql`
      update graphile_worker._private_jobs set attempts = attempts - 1
      where id = ${id}::bigint and attempts = ${attempt}::integer`.execute(db);
  } catch (error) {
    log.warn({ err: error, jobId: id }, "an attempt that the stop cut short counts");
  }
}

function taskList(tasks: JobWorkerOptions["tasks"], run: RunTask, signal: AbortSignal): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (payload: unknown, { job }: { job: Job }) => {
        const { attempts: attempt, max_attempts: maxAttempts } = job;
        const isGivenUp = job.flags?.[GIVEN_UP_FLAG] === true;
        return run(task, { task: name, id: String(job.id), attempt, maxAttempts, isGivenUp }, payload, signal);
      },
    ]),
  );
}
