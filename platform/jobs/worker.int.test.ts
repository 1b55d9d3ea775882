import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { Client, type Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createLogger } from "../observability/logger.ts";
import { createMetrics, type Metrics } from "../observability/metrics.ts";
import { createPool, createPostgres, type Postgres } from "../postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../postgres/testing.ts";
import { addJob } from "./jobs.ts";
import { keepJobs } from "./liveness.ts";
import { JOBS_REVISION } from "./migrate.ts";
import type { JobContext, JobTask } from "./task.ts";
import { type JobWorker, startJobWorker } from "./worker.ts";

const log = createLogger("test", "silent");
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

let url: string;
let pool: Pool;
let db: Postgres;
let metrics: Metrics;
let workers: JobWorker[];
beforeEach(async () => {
  url = await postgres.createTestDatabase();
  pool = createPool({ url, applicationName: "test", log });
  db = createPostgres(pool);
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  await pool.end();
});

function start(tasks: Record<string, JobTask>, concurrency = 2): JobWorker {
  metrics = createMetrics("test");
  const worker = startJobWorker({ url, name: "test", concurrency, log, metrics, tasks });
  workers.push(worker);
  return worker;
}

const waiting = async (): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from graphile_worker.jobs`.execute(db);
  return rows[0]?.n ?? -1;
};

describe("jobs", () => {
  it("run once their transaction commits, and never when it does not", async () => {
    const done: unknown[] = [];
    start({ note: async (payload) => void done.push(payload) });
    const rolledBack = db.transaction().execute(async (transaction) => {
      await addJob(transaction, { task: "note", payload: { n: 1 } });
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    await db.transaction().execute((transaction) => addJob(transaction, { task: "note", payload: { n: 2 } }));
    await vi.waitFor(() => expect(done).toEqual([{ n: 2 }]), 5_000);
    await vi.waitFor(async () => expect(await waiting()).toBe(0), 5_000);
  });

  it("wait as one under one key, and leave names of other programs alone", async () => {
    const done: unknown[] = [];
    await addJob(db, { task: "note", payload: { n: 1 }, key: "same" });
    await addJob(db, { task: "note", payload: { n: 2 }, key: "same" });
    await addJob(db, { task: "elsewhere", payload: {} });
    await addJob(db, { task: "note", payload: { n: 3 }, runAt: new Date(Date.now() + 3_600_000) });
    start({ note: async (payload) => void done.push(payload) });
    await vi.waitFor(() => expect(done).toEqual([{ n: 2 }]), 5_000);
    await vi.waitFor(async () => expect(await waiting()).toBe(2), 5_000);
  });

  it("run again after a failure, told which attempt it is and whether it is the last", async () => {
    const attempts: Omit<JobContext, "signal">[] = [];
    start({
      fail: async (_, { attempt, isLastAttempt }) => {
        attempts.push({ attempt, isLastAttempt });
        throw new Error("broken");
      },
    });
    await addJob(db, { task: "fail", payload: {}, maxAttempts: 2 });
    await vi.waitFor(
      () =>
        expect(attempts).toEqual([
          { attempt: 1, isLastAttempt: false },
          { attempt: 2, isLastAttempt: true },
        ]),
      10_000,
    );
    expect(await metrics.metrics()).toMatch(/playhead_job_seconds_count\{.*task="fail",outcome="gave_up"\} 1/);
  });

  it("of a killed worker run again within ten seconds, also when it was the last attempt", async () => {
    await addJob(db, { task: "long", payload: { n: 1 }, key: "long", maxAttempts: 1 });
    const child = spawn(process.execPath, [join(import.meta.dirname, "jobs-child.ts"), url]);
    await once(child.stdout, "data");
    let ranAgainAtMs = 0;
    let isToldGivenUp: boolean | undefined;
    start({
      long: async (_, { isGivenUp }) => {
        ranAgainAtMs = performance.now();
        isToldGivenUp = isGivenUp;
      },
    });
    await sleep(6_000); // three sweeps: the living one keeps its job
    expect(ranAgainAtMs).toBe(0);
    child.kill("SIGKILL");
    const killedAtMs = performance.now();
    await vi.waitFor(() => expect(ranAgainAtMs).toBeGreaterThan(0), { timeout: 12_000, interval: 50 });
    expect(ranAgainAtMs - killedAtMs).toBeLessThan(10_000);
    expect(isToldGivenUp).toBe(true);
  });

  it("are not given up where a killed one had been replaced by another of its key", async () => {
    await addJob(db, { task: "long", payload: { n: 1 }, key: "long" });
    const child = spawn(process.execPath, [join(import.meta.dirname, "jobs-child.ts"), url]);
    await once(child.stdout, "data");
    await addJob(db, { task: "long", payload: { n: 2 }, key: "long" });
    child.kill("SIGKILL");
    const seen: unknown[] = [];
    start({ long: async (payload, { isGivenUp }) => void seen.push([payload, isGivenUp]) });
    const wanted = [1, 2].map((n) => [{ n }, false]);
    await vi.waitFor(() => expect(seen).toEqual(expect.arrayContaining(wanted)), { timeout: 12_000 });
  });

  it("go on after every connection was cut", async () => {
    const done: unknown[] = [];
    start({ note: async (payload) => void done.push(payload) });
    await addJob(db, { task: "note", payload: { n: 1 } });
    await vi.waitFor(() => expect(done).toHaveLength(1), 5_000);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(db);
    await addJob(db, { task: "note", payload: { n: 2 } });
    await vi.waitFor(() => expect(done).toHaveLength(2), 10_000);
  });

  it("are finished, or told to stop, before close resolves", async () => {
    const seen: string[] = [];
    const worker = start({
      short: async () => {
        seen.push("short taken");
        await sleep(300);
        seen.push("short done");
      },
      endless: async (_, { signal }) => {
        seen.push("endless taken");
        await once(signal, "abort");
        throw new Error("stopped");
      },
    });
    await addJob(db, { task: "endless", payload: {} });
    await addJob(db, { task: "short", payload: {} });
    await vi.waitFor(() => expect(seen).toEqual(expect.arrayContaining(["endless taken", "short taken"])), 5_000);
    await worker.close(1_000);
    workers = [];
    expect(seen).toContain("short done");
    const { rows } = await sql<{ task: string; locked: boolean }>`
      select task_identifier as task, locked_at is not null as locked from graphile_worker.jobs`.execute(db);
    expect(rows).toEqual([{ task: "endless", locked: false }]);
  });
});

describe("a job that a stop ends", () => {
  it("runs again though it was its last attempt, which does not count", async () => {
    const seen = Promise.withResolvers<void>();
    const stopped = start({
      endless: async (_, { signal }) => {
        seen.resolve();
        await once(signal, "abort");
        throw new Error("stopped");
      },
    });
    await addJob(db, { task: "endless", payload: {}, maxAttempts: 1 });
    await seen.promise;
    await stopped.close(0);
    workers = [];
    const again = Promise.withResolvers<Omit<JobContext, "signal">>();
    start({ endless: async (_, { signal, ...context }) => again.resolve(context) });
    expect(await again.promise).toEqual({ attempt: 1, isLastAttempt: true, isGivenUp: false });
  });

  it("does not count either where it does not hear of the stop", async () => {
    const seen = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const stopped = start({
      deaf: () => {
        seen.resolve();
        return release.promise;
      },
    });
    await addJob(db, { task: "deaf", payload: {}, maxAttempts: 1 });
    await seen.promise;
    await stopped.close(0);
    workers = [];
    release.resolve();
    const { rows } = await sql`select attempts, locked_at from graphile_worker.jobs`.execute(db);
    expect(rows).toEqual([{ attempts: 0, locked_at: null }]);
  });
});

describe("a job of many hours", () => {
  it("is not given to another worker while its own lives", async () => {
    const release = Promise.withResolvers<void>();
    start({ long: () => release.promise });
    await addJob(db, { task: "long", payload: {}, queue: "one" });
    const taken = async () =>
      (
        await sql<{
          worker: string;
        }>`select locked_by as worker from graphile_worker.jobs where locked_by is not null`.execute(db)
      ).rows[0]?.worker;
    await vi.waitFor(async () => expect(await taken()).toBeDefined(), 5_000);
    for (const table of ["_private_jobs", "_private_job_queues"])
      await sql`update graphile_worker.${sql.raw(table)} set locked_at = now() - interval '3 hours'`.execute(db);
    const client = new Client({ connectionString: url });
    await client.connect();
    await keepJobs(client, (await taken()) ?? "");
    await client.end();
    for (const table of ["_private_jobs", "_private_job_queues"]) {
      const { rows } =
        await sql`select now() - locked_at < interval '1 minute' as kept from graphile_worker.${sql.raw(table)}`.execute(
          db,
        );
      expect(rows).toEqual([{ kept: true }]);
    }
    release.resolve();
  });
});

describe("migrateJobs", () => {
  it("leaves the revision that this release names", async () => {
    const { rows } = await sql`select max(id) as newest from graphile_worker.migrations`.execute(db);
    expect(rows).toEqual([{ newest: JOBS_REVISION }]);
  });
});
