import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { internalPort } from "../../domain/ports.ts";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";
import { type Stack, startStack } from "./stack.ts";

const KEY = "fulldisk000000000000000001";
const LOG_MIB = 24;
const STORE_MIB = 96;

let logDisk: SmallDisk | null;
let storeDisk: SmallDisk | null;
let stack: Stack;

beforeAll(async () => {
  logDisk = await mountSmallDisk(LOG_MIB);
  storeDisk = await mountSmallDisk(STORE_MIB);
  if (logDisk === null || storeDisk === null) return;
  const folders = { eventlogDir: `${logDisk.directory}/eventlog`, clickhouseDir: `${storeDisk.directory}/clickhouse` };
  stack = await startStack({ environmentKeys: [KEY], ...folders });
});

afterAll(async () => {
  await stack?.stop();
  await logDisk?.close();
  await storeDisk?.close();
});

/** A view with one event; 0 when there was no answer. */
async function post(viewId: string): Promise<number> {
  const body = JSON.stringify({ events: [{ e: "viewstart", xid: viewId, xsqno: 1, ake: KEY, uti: Date.now() }] });
  const answer = await fetch(`http://${stack.collector}/`, { method: "POST", body }).catch(() => null);
  await answer?.arrayBuffer();
  return answer?.status ?? 0;
}

/** Sends until the disk, or what is left of it, has decided: resolves with the ids that were acknowledged. */
async function send(name: string, count: number, statuses: Set<number>): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const status = await post(`${name}-${index}`);
    statuses.add(status);
    if (status === 200) acknowledged.push(`${name}-${index}`);
    await sleep(5);
  }
  return acknowledged;
}

async function storedViews(viewIds: readonly string[]): Promise<{ views: number; copies: number } | undefined> {
  const [row] = await stack.clickhouse.query(
    "SELECT toUInt32(uniqExact(view_id)) AS views, toUInt32(count()) AS copies FROM events FINAL WHERE view_id IN {viewIds: Array(String)}",
    { viewIds },
    z.object({ views: z.number(), copies: z.number() }),
  );
  return row;
}

async function internal(program: "edge" | "views", path: "readyz" | "metrics"): Promise<string> {
  const port = internalPort(program === "edge" ? stack.ports.collector : stack.ports.socket);
  const answer = await fetch(`http://127.0.0.1:${port}/${path}`).catch(() => null);
  return answer === null ? "" : await answer.text();
}
const checks = (program: "edge" | "views") => internal(program, "readyz");

async function untilAllStored(acknowledged: readonly string[]): Promise<void> {
  const truth = { views: acknowledged.length, copies: acknowledged.length };
  await expect.poll(() => storedViews(acknowledged), { timeout: 30_000 }).toEqual(truth);
  await expect.poll(() => checks("views"), { timeout: 30_000 }).not.toMatch(/degraded|false/);
}

describe("a full disk under the event log", () => {
  it("is answered 503, said why, lived through and recovered from, also by a views process that starts on it", async ({
    skip,
  }) => {
    if (logDisk === null || storeDisk === null) return skip("no small file system can be mounted here");
    const statuses = new Set<number>();
    const acknowledged = await send("before", 50, statuses);
    await logDisk.fill();
    acknowledged.push(...(await send("full", 300, statuses)));
    expect([...statuses].sort()).toEqual([200, 503]);
    expect(await post("last")).toBe(503);
    await expect.poll(() => checks("edge"), { timeout: 10_000 }).toMatch(/"event log":\{"ok":false/);

    const restarted = stack.restart("views", "SIGKILL");
    await expect
      .poll(() => checks("views"), { timeout: 20_000 })
      .toMatch(/"ready":false.*(views_state|cannot be|not every partition)/);
    expect(stack.pid("views")).toBeGreaterThan(0);
    await logDisk.empty();
    await restarted;
    await expect.poll(() => post("after"), { timeout: 20_000 }).toBe(200);
    acknowledged.push("after");

    await untilAllStored(acknowledged);
  }, 180_000);
});

describe("a full disk under the store", () => {
  it("is waited for, and costs no row", async ({ skip }) => {
    if (logDisk === null || storeDisk === null) return skip("no small file system can be mounted here");
    const statuses = new Set<number>();
    const acknowledged = await send("stored", 50, statuses);
    await untilAllStored(acknowledged);
    await storeDisk.fill();
    acknowledged.push(...(await send("waiting", 300, statuses)));
    await expect.poll(() => checks("views"), { timeout: 20_000 }).toMatch(/Cannot reserve/);
    await storeDisk.empty();
    await untilAllStored(acknowledged);
    expect([...statuses]).toEqual([200]);
    expect(await internal("views", "metrics")).not.toMatch(/^playhead_sink_refused_rows_total\{.*\} [1-9]/m);
  }, 120_000);
});
