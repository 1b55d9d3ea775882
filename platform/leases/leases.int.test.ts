import { sql } from "kysely";
import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createLogger } from "../observability/logger.ts";
import { createPool, createPostgres, type Postgres } from "../postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../postgres/testing.ts";
import { Leases } from "./leases.ts";

const KEY = { environment: "abc123", key: "abc123/asset/plan/720p/0" };
const never = new AbortController().signal;

let postgres: TestPostgres;
let pool: Pool;
let db: Postgres;

beforeAll(async () => {
  postgres = await startTestPostgres();
  pool = createPool({
    url: await postgres.createTestDatabase(),
    applicationName: "t",
    log: createLogger("t", "silent"),
  });
  db = createPostgres(pool);
});
beforeEach(() => db.deleteFrom("leases").execute());
afterAll(async () => {
  await pool.end();
  await postgres.stop();
});

describe("Leases", () => {
  it("lets one of many owners work on a key; the others get what it made", async () => {
    const made: string[] = [];
    const done = async (): Promise<string | null> => made[0] ?? null;
    const work = async (): Promise<string> => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      made.push("segment");
      return "segment";
    };
    const all = Array.from({ length: 12 }, () => new Leases(db).underLease(KEY, never, done, work));
    expect(new Set(await Promise.all(all))).toEqual(new Set(["segment"]));
    expect(made).toHaveLength(1);
    expect(await db.selectFrom("leases").selectAll().execute()).toEqual([]);
  });

  it("waits for a living owner and takes over from one that is gone", async () => {
    const values = { environment_id: KEY.environment, key: KEY.key, owner: "killed" };
    const expires = sql<Date>`now() + interval '0.6 s'`;
    await db
      .insertInto("leases")
      .values({ ...values, expires_at: expires })
      .execute();
    const startedMs = performance.now();
    const result = await new Leases(db).underLease(
      KEY,
      never,
      async () => null,
      async () => "mine",
    );
    expect(result).toBe("mine");
    expect(performance.now() - startedMs).toBeGreaterThan(500);
  });

  it("gives the lease back when the work fails, and leaves when told to", async () => {
    const failing = new Leases(db).underLease(
      KEY,
      never,
      async () => null,
      async () => Promise.reject(new Error("no")),
    );
    await expect(failing).rejects.toThrow("no");
    expect(await db.selectFrom("leases").selectAll().execute()).toEqual([]);

    const values = { environment_id: KEY.environment, key: KEY.key, owner: "another" };
    await db
      .insertInto("leases")
      .values({ ...values, expires_at: sql<Date>`now() + interval '1 h'` })
      .execute();
    const leaving = new AbortController();
    const waiting = new Leases(db).underLease(
      KEY,
      leaving.signal,
      async () => null,
      async () => "never",
    );
    setTimeout(() => leaving.abort(new Error("left")), 50);
    await expect(waiting).rejects.toThrow();
    expect(await db.selectFrom("leases").select("owner").execute()).toEqual([{ owner: "another" }]);
  });

  it("stops work whose lease another took", async () => {
    const leases = new Leases(db);
    const work = (signal: AbortSignal): Promise<string> =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const running = leases.underLease(KEY, never, async () => null, work);
    const stolen = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await db.updateTable("leases").set({ owner: "thief", expires_at: sql<Date>`now() + interval '1 h'` }).execute();
    };
    await Promise.all([expect(running).rejects.toThrow("went to another"), stolen()]);
  });
});
