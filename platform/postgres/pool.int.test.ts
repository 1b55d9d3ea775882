import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { DatabaseError } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger } from "../observability/logger.ts";
import { createMetrics } from "../observability/metrics.ts";
import { PostgresUnavailable } from "./errors.ts";
import { createPool, createPostgres } from "./pool.ts";
import { freePort, startTestPostgres, type TestPostgres } from "./testing.ts";

const log = createLogger("test", "silent");
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

describe("createPostgres", () => {
  it("reads bigint as a number and times as dates, and counts connections", async () => {
    const metrics = createMetrics("test");
    const pool = createPool({ url: postgres.url, applicationName: "test", log, metrics });
    const { rows } = await sql<unknown>`select 4294967295::int8 as number, to_timestamp(1.5) as at`.execute(
      createPostgres(pool),
    );
    expect(rows).toEqual([{ number: 4_294_967_295, at: new Date(1_500) }]);
    expect(await metrics.metrics()).toMatch(/playhead_postgres_connections\{state="idle",program="test"\} 1/);
    await pool.end();
  });

  it("tells an engine that cannot be reached from a statement that is refused", async () => {
    const nobody = createPool({ url: `postgres://x:y@127.0.0.1:${await freePort()}/z`, applicationName: "test", log });
    await expect(sql`select 1`.execute(createPostgres(nobody))).rejects.toBeInstanceOf(PostgresUnavailable);
    await nobody.end();
    const pool = createPool({ url: postgres.url, applicationName: "test", log });
    await expect(sql`select nonsense`.execute(createPostgres(pool))).rejects.toBeInstanceOf(DatabaseError);
    await pool.end();
  });

  it("does not keep a connection that was cut in the middle of a statement", async () => {
    const pool = createPool({ url: postgres.url, applicationName: "test", log, max: 1 });
    const db = createPostgres(pool);
    await expect(sql`select pg_terminate_backend(pg_backend_pid())`.execute(db)).rejects.toBeInstanceOf(
      PostgresUnavailable,
    );
    expect((await sql<unknown>`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it("outlives a connection that is cut between two statements of a transaction", async () => {
    const pool = createPool({ url: postgres.url, applicationName: "test", log });
    const db = createPostgres(pool);
    const cut = db.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
      await sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(db);
      await sleep(50); // the end is heard while nothing is asked: unheard, it would end the process
      await sql`select 1`.execute(transaction);
    });
    await expect(cut).rejects.toBeInstanceOf(PostgresUnavailable);
    await pool.end();
  });
});
