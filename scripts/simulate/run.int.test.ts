import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { concurrencyAt } from "../../domain/simulation/view-truth.ts";
import { type BeaconEvent, decodeEvent } from "../../domain/wire/decode-events.ts";
import { decodeRequest } from "../../domain/wire/decode-request.ts";
import { runSimulation } from "./run.ts";
import { summarize } from "./summary.ts";

interface Received {
  headers: IncomingHttpHeaders;
  events: BeaconEvent[];
  status: number;
}

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
  server = undefined;
});

/** A collector that answers with the status that it is told. */
async function collect(statusOf: (nth: number) => number): Promise<{ collector: string; received: Received[] }> {
  const received: Received[] = [];
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => {
      body += part;
    });
    request.on("end", () => {
      const status = statusOf(received.length);
      received.push({ headers: request.headers, events: eventsOf(body), status });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return { collector: `localhost:${(server.address() as AddressInfo).port}`, received };
}

function eventsOf(body: string): BeaconEvent[] {
  const request = decodeRequest(body);
  if (request.kind === "rejected") throw new Error(request.reason);
  return request.events.flatMap(({ raw }) => {
    const decoded = decodeEvent(raw);
    return decoded.kind === "accepted" ? [decoded.event] : [];
  });
}

const names = (list: readonly Received[]) =>
  new Set(list.flatMap(({ events }) => events.map(({ viewId, sequence }) => `${viewId} ${sequence}`)));

describe("runSimulation", () => {
  it("sends in real time, and its truth knows exactly what was acknowledged", async () => {
    const { collector, received } = await collect((nth) => (nth % 5 === 0 ? 503 : 200));
    const counts: number[] = [];
    const result = await runSimulation({
      collector,
      envKey: "abc123",
      options: { viewers: 30, rampMs: 500, durationMs: 4_000 },
      progressEveryMs: 200,
      onProgress: ({ watching }) => counts.push(watching),
    });

    expect(Math.max(...counts)).toBeGreaterThan(20);
    expect(result.requests).toBe(received.length);
    expect(result.acknowledged).toBe(received.filter(({ status }) => status === 200).length);
    expect(result.failed).toBe(received.filter(({ status }) => status === 503).length);
    const acknowledged = result.truth.flatMap((view) =>
      view.acknowledged.map((sequence) => `${view.viewId} ${sequence}`),
    );
    expect(new Set(acknowledged)).toEqual(names(received.filter(({ status }) => status === 200)));
    const sent = result.truth.flatMap((view) => view.sent.map((sequence) => `${view.viewId} ${sequence}`));
    expect(new Set(sent)).toEqual(names(received));
    expect(concurrencyAt(result.truth, result.startedAtMs + 3_500)).toBeGreaterThan(20);
    expect(received.every(({ headers }) => /^\d+\.\d+\.\d+\.\d+$/.test(String(headers["x-forwarded-for"])))).toBe(true);
    expect(summarize(result)).toMatchObject({ requests: received.length, eventsAcknowledged: acknowledged.length });
  });

  it("ends all views at once when it is told to stop", async () => {
    const { collector, received } = await collect(() => 200);
    const stop = new AbortController();
    const result = await runSimulation({
      collector,
      envKey: "abc123",
      options: { viewers: 10, rampMs: 100, durationMs: 600_000 },
      signal: stop.signal,
      progressEveryMs: 50,
      onProgress: ({ watching }) => {
        if (watching >= 8) stop.abort();
      },
    });
    expect(result.endedAtMs - result.startedAtMs).toBeLessThan(20_000);
    const wanted = result.truth.filter((view) => view.intentAtMs !== null);
    const ended = new Set(
      received.flatMap(({ events }) => events.filter(({ name }) => name === "viewend").map(({ viewId }) => viewId)),
    );
    expect(wanted.map((view) => view.viewId).filter((viewId) => !ended.has(viewId))).toEqual([]);
  });

  it("goes on without a collector and says why nothing arrived", async () => {
    const { collector } = await collect(() => 200);
    await new Promise((resolve) => server?.close(resolve));
    server = undefined;
    const result = await runSimulation({
      collector,
      envKey: "abc123",
      options: { viewers: 3, rampMs: 1, durationMs: 1_500 },
    });
    expect(result).toMatchObject({ acknowledged: 0, lastError: "ECONNREFUSED" });
    expect(result.unanswered).toBeGreaterThan(0);
  });

  it("refuses to send to other machines", async () => {
    await expect(runSimulation({ collector: "collector.example.com:443", envKey: "abc123" })).rejects.toThrow(
      /loopback/,
    );
  });
});
