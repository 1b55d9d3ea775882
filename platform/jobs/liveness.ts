import { setTimeout as delay } from "node:timers/promises";
import { Client, DatabaseError } from "pg";
import type { Logger } from "../observability/logger.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const RETRY_MS = 250;
/** A half-dead connection is silent like a quiet one; asking tells them apart. */
const PROBE_EVERY_MS = 10_000;

/**
 * graphile-worker gives jobs that began four hours ago to somebody else, and with them their queue; conversions may take longer.
 * The times at which they were taken are moved on instead, since this sign shows that they are still worked on.
 */
export async function keepJobs(client: Client, workerId: string): Promise<void> {
  await client.query(KEEP_JOBS, [workerId]).catch((error: unknown) => {
    if (!(error instanceof DatabaseError && error.code === UNDEFINED_TABLE)) throw error; // before the migrations
  });
}

const UNDEFINED_TABLE = "42P01";
const KEEP_JOBS = `
  with jobs as (
    update graphile_worker._private_jobs set locked_at = now()
    where locked_by = $1 and locked_at < now() - interval '1 hour')
  update graphile_worker._private_job_queues set locked_at = now()
  where locked_by = $1 and locked_at < now() - interval '1 hour'`;

/**
 * The sign that a worker lives: a Postgres advisory lock on a number made of its id, held by a connection of its own. The
 * engine frees it when the process is gone, however it went; a lost connection is replaced at once.
 */
export interface Liveness {
  /** Resolves while the lock is held: no job may be taken before. */
  whenHeld(): Promise<void>;
  close(): Promise<void>;
}

export function holdLiveness(url: string, workerId: string, log: Logger): Liveness {
  const stop = new AbortController();
  let held = Promise.withResolvers<void>();
  let isHeld = false;
  const hold = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await holdOnce(url, workerId, stop.signal, () => {
          isHeld = true;
          held.resolve();
        });
      } catch (error) {
        if (!stop.signal.aborted) log.warn({ err: error, workerId }, "sign of life of the job worker lost");
      }
      if (isHeld) held = Promise.withResolvers<void>(); // who waits already goes on waiting, over any number of attempts
      isHeld = false;
      await delay(RETRY_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
    held.resolve(); // so that nothing waits for ever; no job is taken while stopping
  };
  const holding = hold();
  return {
    whenHeld: () => held.promise,
    close: async () => {
      stop.abort();
      await holding;
    },
  };
}

/** One connection, from connecting to its end; rejects when it breaks, resolves when told to stop. */
async function holdOnce(url: string, workerId: string, stop: AbortSignal, onHeld: () => void): Promise<void> {
  const client = new Client({
    connectionString: url,
    application_name: "playhead-job-liveness",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  const ended = new Promise<void>((resolve, reject) => {
    client.on("error", reject); // more than once: told of the stop, and then of the end
    client.once("end", () => reject(new Error("connection ended")));
    stop.addEventListener("abort", () => resolve(), { once: true });
  });
  ended.catch(() => {}); // heard below; unheard when connecting itself fails
  let probe: NodeJS.Timeout | undefined;
  try {
    await client.connect();
    await client.query("select pg_advisory_lock(hashtextextended($1, 0))", [workerId]);
    onHeld();
    const dead = new Promise<never>((_, reject) => {
      probe = setInterval(() => keepJobs(client, workerId).catch(reject), PROBE_EVERY_MS);
    });
    await Promise.race([ended, dead]);
  } finally {
    clearInterval(probe);
    await client.end().catch(() => {});
  }
}
