import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { internalPort } from "../../domain/ports.ts";
import { type Stack, startStack } from "./stack.ts";

const KEY = "stoptest000000000000000001";
const SENDERS = 8;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ environmentKeys: [KEY] });
});

afterAll(async () => {
  await stack.stop();
});

const agent = new Agent({ keepAlive: true });

function post(viewId: string): Promise<number> {
  const body = JSON.stringify({ events: [{ e: "viewstart", xid: viewId, xsqno: 1, ake: KEY, uti: Date.now() }] });
  return new Promise((resolve, reject) => {
    const sent = request(`http://${stack.collector}/`, { method: "POST", agent }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Sends as fast as answers come until aborted; tells who was acknowledged, and how requests failed. */
function sendAlways(name: string, signal: AbortSignal) {
  const acknowledged: string[] = [];
  const failures = new Set<string>();
  const senders = Array.from({ length: SENDERS }, async (_, sender) => {
    for (let index = 0; !signal.aborted; index += 1) {
      const viewId = `${name}-${sender}-${index}`;
      try {
        const status = await post(viewId);
        if (status === 200) acknowledged.push(viewId);
        else failures.add(String(status));
      } catch (error) {
        failures.add((error as NodeJS.ErrnoException).code ?? String(error));
        await sleep(20); // refused while nobody listens
      }
    }
  });
  return { acknowledged, failures, done: Promise.all(senders) };
}

async function storedOnce(viewIds: readonly string[]): Promise<number> {
  const Row = z.object({ views: z.number(), copies: z.number() });
  const [row] = await stack.clickhouse.query(
    `SELECT toUInt32(uniqExact(view_id)) AS views, toUInt32(count()) AS copies FROM events FINAL
     WHERE environment_id = 1 AND view_id IN {viewIds: Array(String)}`,
    { viewIds },
    Row,
  );
  return row?.copies === row?.views ? (row?.views ?? 0) : -1;
}

async function metric(port: number, name: string): Promise<number> {
  const text = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text());
  const lines = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"))];
  return lines.reduce((sum, [, value]) => sum + Number(value), 0);
}

describe("programs of the collector", () => {
  it.each(["edge", "views", "clickhouse"] as const)(
    "%s stops on TERM under load, losing and failing nothing",
    async (program) => {
      const stop = new AbortController();
      const load = sendAlways(program, stop.signal);
      await expect.poll(() => load.acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(100);
      const { code } = await stack.restart(program, "SIGTERM");
      expect(code).toBe(0);
      const before = load.acknowledged.length;
      await expect.poll(() => load.acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(before + 50);
      stop.abort();
      await load.done;
      expect([...load.failures].filter((failure) => failure !== "ECONNREFUSED")).toEqual([]);
      if (program !== "edge") expect(load.failures.size).toBe(0);
      const sample = load.acknowledged.slice(-300).concat(load.acknowledged.slice(0, 300));
      const distinct = new Set(sample).size;
      await expect.poll(() => storedOnce(sample), { timeout: 20_000 }).toBe(distinct);
    },
    90_000,
  );

  it("answer their internal URLs, with metrics that count what happened", async () => {
    const [edge, views, clickhouse] = [stack.ports.collector, stack.ports.socket, stack.ports.clickhouse].map(
      internalPort,
    );
    for (const port of [edge, views, clickhouse]) {
      expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
      expect(await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()).toMatchObject({ ready: true });
      expect(await metric(port ?? 0, "process_cpu_seconds_total")).toBeGreaterThan(0);
    }
    const accepted = await metric(edge ?? 0, "playhead_edge_events_logged_total");
    await post("counted");
    expect(await metric(edge ?? 0, "playhead_edge_events_logged_total")).toBe(accepted + 1);
    expect(await metric(views ?? 0, "playhead_views_events")).toBeGreaterThan(0);
    expect(await metric(views ?? 0, "playhead_sink_refused_rows_total")).toBe(0);
  });
});
