import type { ChildProcess } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { internalPort } from "../../domain/ports.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createPool, createPostgres } from "../../platform/postgres/pool.ts";
import { endProgram, spawnProgram, untilReady } from "./processes.ts";
import { type Stack, startStack } from "./stack.ts";

const KEY = "categorytest00000000000001";
const SECRET = "s".repeat(75);
const CODE = "geo/block";
const SOON = { timeout: 15_000, interval: 200 };

let stack: Stack;
let server: ChildProcess;
let objectsDir: string;
let authorization: string;

beforeAll(async () => {
  stack = await startStack({ environmentKeys: [KEY] });
  objectsDir = await mkdtemp(join(tmpdir(), "playhead-categories-"));
  server = spawnProgram("server/main.ts", { ...stack.environment, OBJECTS_DIR: objectsDir });
  await untilReady(server, internalPort(stack.ports.server));
  authorization = await makeToken();
}, 120_000);
afterAll(async () => {
  await endProgram(server, "SIGTERM");
  await stack.stop();
  await rm(objectsDir, { recursive: true, force: true });
});

async function makeToken(): Promise<string> {
  const log = createLogger("test", "silent");
  const pool = createPool({ url: stack.databaseUrl, applicationName: "test", log, max: 1 });
  const scopes = ["data:read", "data:write"];
  const secret = createHash("sha256").update(SECRET).digest();
  const { id } = await createPostgres(pool)
    .insertInto("access_tokens")
    .values({ environment_id: "bench0", name: "test", secret_sha256: secret, scopes })
    .returning("id")
    .executeTakeFirstOrThrow();
  await pool.end();
  return `Basic ${Buffer.from(`${id}:${SECRET}`).toString("base64")}`;
}

function api(method: "GET" | "PUT", path: string, body?: object): Promise<Response> {
  const headers = { authorization, "content-type": "application/json" };
  const payload = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(`http://127.0.0.1:${stack.ports.server}/data/v1/${path}`, { method, headers, ...payload });
}

type Told = readonly [sequence: number, name: string, fields?: object];
const START: readonly Told[] = [
  [1, "viewstart"],
  [2, "playing"],
];
const ERROR: Told = [3, "error", { percd: CODE, perme: "not here", persy: "fatal" }];
const END: Told = [4, "viewend"];

async function play(viewId: string, events: readonly Told[]): Promise<void> {
  const beginMs = Date.now();
  const sent = events.map(([sequence, e, fields]) => ({
    ...{ e, xid: viewId, xsqno: sequence, ake: KEY, uti: beginMs + sequence, ...fields },
  }));
  const body = JSON.stringify({ metadata: { transmission_timestamp: beginMs + 9 }, events: sent });
  expect((await fetch(`http://${stack.collector}/`, { method: "POST", body })).status).toBe(200);
}

const View = z.object({
  data: z.object({
    open: z.boolean().optional(),
    playback_failure: z.boolean(),
    events: z.array(z.object({ name: z.string(), details: z.record(z.string(), z.unknown()) })),
  }),
});

/** How the view stands once its error is stored: whether it failed, and how the error is called. */
async function standing(viewId: string) {
  const answer = await api("GET", `video-views/${viewId}`);
  if (answer.status === 404) return null;
  const { data } = View.parse(await answer.json());
  const error = data.events.find(({ name }) => name === "error");
  return error === undefined
    ? null
    : { failed: data.playback_failure, isRefusal: error.details["is_business_exception"], open: data.open };
}

async function row(viewId: string) {
  const Row = z.object({ failure: z.number(), refusal: z.number(), events: z.number() });
  const sql = `SELECT playback_failure AS failure, playback_business_exception AS refusal, event_count AS events
    FROM views FINAL WHERE view_id = {viewId: String}`;
  return stack.clickhouse.query(sql, { viewId }, Row);
}

it("a category set over HTTP decides what errors from then on are, and rewrites nothing", async () => {
  await play("past", [...START, ERROR, END]);
  await play("playing", START);
  await expect.poll(() => standing("past"), SOON).toMatchObject({ failed: true, isRefusal: false });
  await expect.poll(() => row("past"), SOON).toEqual([{ failure: 1, refusal: 0, events: 4 }]);

  const category = { severity: "fatal", type: "business_exception" };
  expect((await api("PUT", `error-categories/${encodeURIComponent(CODE)}`, category)).status).toBe(200);
  const setMs = performance.now();
  await expect
    .poll(async () => {
      const viewId = randomUUID();
      await play(viewId, [...START, ERROR]);
      await expect.poll(() => standing(viewId), SOON).not.toBe(null);
      return standing(viewId);
    }, SOON)
    .toMatchObject({ failed: false, isRefusal: true });
  expect(performance.now() - setMs).toBeLessThan(10_000);

  await play("new", [...START, ERROR, END]);
  await play("playing", [ERROR]);
  await expect.poll(() => standing("playing"), SOON).toEqual({ failed: false, isRefusal: true, open: true });
  await expect.poll(() => row("new"), SOON).toEqual([{ failure: 0, refusal: 1, events: 4 }]);
  await play("playing", [END]);
  await expect.poll(() => row("playing"), SOON).toEqual([{ failure: 0, refusal: 1, events: 4 }]);

  await play("past", [...START, ERROR, END]); // clients send their last batch again
  await play("past", [[5, "hb"]]);
  await expect.poll(() => row("past"), SOON).toEqual([{ failure: 1, refusal: 0, events: 5 }]);
  expect(await standing("past")).toMatchObject({ failed: true, isRefusal: false });
}, 120_000);
