import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createPool, createPostgres } from "../../platform/postgres/pool.ts";
import { readReplayable } from "../../scripts/rejected/read-all.ts";
import { replaySamples } from "../../scripts/rejected/replay.ts";
import { type Stack, startStack } from "./stack.ts";

const [KEY, LATER_KEY] = ["rejectedtest00000000000001", "rejectedtest00000000000002"];
const ENVIRONMENT = 1 as EnvironmentId;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ environmentKeys: [KEY] });
});
afterAll(async () => {
  await stack.stop();
});

const event = (viewId: string, sequence: number, fields: object = {}) => {
  return { e: "hb", xid: viewId, xsqno: sequence, ake: KEY, uti: Date.now(), ...fields };
};

function post(events: unknown[]): Promise<Response> {
  const headers = { "x-forwarded-for": "81.2.69.142", "user-agent": "Tester/1" };
  return fetch(`http://${stack.collector}/some/path?q=1`, {
    method: "POST",
    body: JSON.stringify({ events }),
    headers,
  });
}

async function numbers(sql: string, params = {}): Promise<number[]> {
  const rows = await stack.clickhouse.query(sql, params, z.object({ n: z.number() }));
  return rows.map(({ n }) => n);
}
const countOf = (environmentId: number) =>
  numbers(
    "SELECT toUInt32(sum(count)) AS n FROM rejected_beacons FINAL WHERE environment_id = {environmentId: UInt32}",
    {
      environmentId,
    },
  );
const sequencesOf = (viewId: string) =>
  numbers("SELECT sequence AS n FROM events FINAL WHERE environment_id = 1 AND view_id = {viewId: String} ORDER BY n", {
    viewId,
  });

async function makeKey(): Promise<void> {
  const log = createLogger("test", "silent");
  const pool = createPool({ url: stack.databaseUrl, applicationName: "test", log, max: 1 });
  const postgres = createPostgres(pool);
  await postgres.insertInto("env_keys").values({ environment_id: "bench0", env_key: LATER_KEY }).execute();
  await pool.end();
}

async function replay(environmentId: EnvironmentId | 0) {
  const scope = { environmentId, fromMs: Date.now() - 600_000, toMs: Date.now() + 1, reason: null };
  const address = { host: "127.0.0.1", port: stack.ports.collector };
  const silent = { onProgress: () => undefined, onTaken: () => undefined };
  return replaySamples(address, readReplayable(stack.clickhouse, scope), silent);
}

it("a beacon with a key that comes later is kept, sent again and counted once, however often", async () => {
  const early = await post([1, 2, 3].map((sequence) => event("early", sequence, { ake: LATER_KEY })));
  expect([early.status, early.headers.get("x-playhead-rejected")]).toEqual([200, "unknown_environment=3"]);
  await expect.poll(() => countOf(0), { timeout: 20_000 }).toEqual([3]);

  expect(await replay(0)).toMatchObject({
    sent: 1,
    failed: 0,
    taken: 0,
    rejected: new Map([["unknown_environment", 3]]),
  });
  await makeKey();
  await expect.poll(async () => (await replay(0)).taken, { timeout: 20_000 }).toBeGreaterThan(0);
  await replay(0);
  await expect.poll(() => sequencesOf("early"), { timeout: 20_000 }).toEqual([1, 2, 3]);
}, 90_000);

it("what is still wrong stays rejected, beside events that are taken", async () => {
  const mixed = await post([event("mixed", 1), event("mixed", 2, { xsqno: "?" }), event("mixed", 3)]);
  expect(mixed.headers.get("x-playhead-rejected")).toBe("malformed_sequence_number=1");
  await expect.poll(() => countOf(ENVIRONMENT), { timeout: 20_000 }).toEqual([1]);
  expect(await replay(ENVIRONMENT)).toMatchObject({ taken: 0, rejected: new Map([["malformed_sequence_number", 1]]) });
  await expect.poll(() => sequencesOf("mixed"), { timeout: 20_000 }).toEqual([1, 3]);
}, 60_000);
