import Mux from "@mux/mux-node";
import Mux9 from "mux-node-9";
import Mux12 from "mux-node-12";
import Mux14 from "mux-node-14";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ALLOW_NOTHING } from "../../domain/network/allow-list.ts";
import { MAX_ATTEMPTS } from "../../domain/webhooks/back-off.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { claimDeliveries } from "../../platform/webhooks/claim-deliveries.ts";
import { basic, createFirstTenant } from "../testing/tenant.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import { caller, eventsOf } from "../testing/video.ts";
import { type Receiver, startReceiver, startTestWebhooks } from "../testing/webhooks.ts";
import type { Webhooks } from "./start-webhooks.ts";

const HOUR_MS = 3_600_000;

let postgres: TestPostgres;
let databaseUrl: string;
let server: TestServer;
let first: Awaited<ReturnType<typeof createFirstTenant>>;
let ask: ReturnType<typeof caller>;
let opened: (Webhooks | Receiver)[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  databaseUrl = await postgres.createTestDatabase();
  server = await startTestServer({ databaseUrl, rate: { perSecond: 10_000, burst: 10_000 }, startMs: Date.now() });
  first = await createFirstTenant(server.db);
  ask = caller(server, basic(first.tokenId, first.tokenSecret));
});
afterEach(async () => {
  for (const one of opened.reverse()) await ("stop" in one ? one.stop() : one.close());
  opened = [];
  await server.stop();
});

function send(options?: Parameters<typeof startTestWebhooks>[2]): void {
  opened.push(startTestWebhooks(server, databaseUrl, options));
}

async function receive(answer?: Receiver["answer"]): Promise<Receiver> {
  const receiver = await startReceiver(answer);
  opened.push(receiver);
  return receiver;
}

async function register(address: string): Promise<{ id: string; signing_secret: string }> {
  return (await ask("POST", "/system/v1/webhooks", { address })).json().data;
}

/** Something happens: an upload is created. Its id. */
async function happen(): Promise<string> {
  return (await ask("POST", "/video/v1/uploads", { cors_origin: "*" })).json().data.id;
}

async function deliveries() {
  const list = (await ask("GET", "/system/v1/webhook-events?limit=100")).json().data;
  return list.flatMap((event: { deliveries: object[] }) => event.deliveries);
}

async function untilDelivery(expected: object): Promise<void> {
  await vi.waitFor(async () => expect(await deliveries()).toEqual([expect.objectContaining(expected)]), 10_000);
}

/** What waits for its next attempt, or for the lease of who has it, is due now. */
async function makeDue(): Promise<void> {
  await server.db
    .updateTable("webhook_deliveries")
    .set({ next_attempt_at: new Date(0) })
    .execute();
}

const refuse: Receiver["answer"] = (response) => response.writeHead(500, { "x-reason": "tired" }).end("not\0now");

describe("webhooks", () => {
  it("are told at once what happened, signed so that every SDK believes it", async () => {
    send();
    const receiver = await receive();
    const { id, signing_secret } = await register(receiver.address);
    const uploadId = await happen();
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), 5_000);
    const [{ headers, body, event }] = receiver.received as [(typeof receiver.received)[0]];
    const [noted] = await eventsOf(server);
    expect(event).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: "video.upload.created",
      created_at: new Date(server.services.now()).toISOString(),
      object: { type: "upload", id: uploadId },
      environment: { id: first.environmentId, name: "Live" },
      data: noted?.data,
      attempts: [],
    });
    expect(headers).toMatchObject({ "content-type": "application/json", "user-agent": "Playhead/1.0" });
    const signature = { "mux-signature": String(headers["mux-signature"]) };
    for (const Sdk of [Mux, Mux14, Mux12, Mux9]) {
      const { webhooks } = new Sdk({ tokenId: "x", tokenSecret: "y" });
      expect(await webhooks.unwrap(body, signature, signing_secret)).toEqual(event);
      await expect(async () => webhooks.unwrap(`${body} `, signature, signing_secret)).rejects.toThrow();
      await expect(async () => webhooks.verifySignature(body, signature, "another")).rejects.toThrow();
    }
    await untilDelivery({ webhook_id: id, status: "delivered", attempt_count: 1, next_attempt_at: null });
  });

  it("are tried again with what was answered before, until they take it", async () => {
    send();
    const receiver = await receive(refuse);
    await register(receiver.address);
    await happen();
    await untilDelivery({ status: "waiting", attempt_count: 1 });
    const [delivery] = await deliveries();
    const waitMs = Date.parse(delivery.next_attempt_at) - Date.now();
    expect(waitMs).toBeGreaterThan(2_000);
    expect(waitMs).toBeLessThan(6_500);
    receiver.answer = (response) => response.writeHead(204).end();
    await makeDue();
    await untilDelivery({ status: "delivered", attempt_count: 2 });
    expect(receiver.received.map(({ event }) => event.attempts)).toEqual([
      [],
      [
        {
          id: expect.any(String),
          webhook_id: expect.any(Number),
          address: receiver.address,
          created_at: expect.any(String),
          max_attempts: MAX_ATTEMPTS,
          response_status_code: 500,
          response_headers: expect.objectContaining({ "x-reason": "tired" }),
          response_body: "not\ufffdnow",
        },
      ],
    ]);
    expect(new Set(receiver.received.map(({ event }) => event.id)).size).toBe(1);
  });

  it("fail after three days, visibly, and can be sent again", async () => {
    send();
    const receiver = await receive(refuse);
    await register(receiver.address);
    await happen();
    await untilDelivery({ status: "waiting", attempt_count: 1 });
    const before = new Date(Date.now() - 72 * HOUR_MS);
    await server.db.updateTable("webhook_deliveries").set({ started_at: before, attempts: 25 }).execute();
    await makeDue();
    await untilDelivery({ status: "failed", attempt_count: 26, next_attempt_at: null });
    const [{ id }] = (await ask("GET", "/system/v1/webhook-events?status=failed")).json().data;
    receiver.answer = (response) => response.end();
    server.advance(1_000);
    expect((await ask("POST", `/system/v1/webhook-events/${id}/replay`)).json()).toHaveProperty("data");
    await untilDelivery({ status: "delivered", attempt_count: 1 });
    const { data } = (await ask("GET", `/system/v1/webhook-events/${id}`)).json();
    expect(
      data.deliveries[0].attempts.map((attempt: Record<string, unknown>) => attempt["response_status_code"]),
    ).toEqual([500, 500, 200]);
    expect(receiver.received.at(-1)?.event.attempts).toHaveLength(2);
  });

  it("that waited for an endpoint that was disabled for longer have three days from when it is enabled", async () => {
    send();
    const receiver = await receive(refuse);
    const { id } = await register(receiver.address);
    await happen();
    await untilDelivery({ status: "waiting", attempt_count: 1 });
    await ask("PATCH", `/system/v1/webhooks/${id}`, { enabled: false });
    const before = new Date(Date.now() - 100 * HOUR_MS);
    await server.db.updateTable("webhook_deliveries").set({ started_at: before, attempts: 9 }).execute();
    await makeDue();
    await ask("PATCH", `/system/v1/webhooks/${id}`, { enabled: true });
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), 5_000);
    await untilDelivery({ status: "waiting", attempt_count: 1 });
    const [{ next_attempt_at }] = await deliveries();
    expect(Date.parse(next_attempt_at) - Date.now()).toBeLessThan(6_500);
    receiver.answer = (response) => response.end();
    await makeDue();
    await untilDelivery({ status: "delivered", attempt_count: 2 });
  });

  it("that hang or are gone hold nobody up", async () => {
    send({ attemptMs: 2_000 });
    const [healthy, hanging] = [await receive(), await receive(() => undefined)];
    await register("http://127.0.0.1:1/nobody");
    await register(hanging.address);
    await register(healthy.address);
    const happened: number[] = [];
    for (let n = 0; n < 120; n += 1) {
      await happen();
      happened.push(Date.now());
    }
    await vi.waitFor(() => expect(healthy.received).toHaveLength(120), 10_000);
    const late = healthy.received.map(({ atMs }, at) => atMs - (happened[at] ?? 0)).filter((ms) => ms > 1_000);
    expect(late).toEqual([]);
    expect(hanging.received.length).toBeLessThan(60);
  });

  it("wait for nobody when a server starts that knows of no endpoint, and many hang", async () => {
    for (let n = 0; n < 10; n += 1) await register((await receive(() => undefined)).address);
    const healthy = await receive();
    await register(healthy.address);
    for (let n = 0; n < 100; n += 1) await happen();
    const startMs = Date.now();
    send();
    await vi.waitFor(() => expect(healthy.received).toHaveLength(100), 15_000);
    expect((healthy.received.at(-1)?.atMs ?? 0) - startMs).toBeLessThan(3_000);
  });

  it("at private addresses are not asked unless the operator allows it, and redirects are not followed", async () => {
    send({ allow: ALLOW_NOTHING });
    const receiver = await receive((response) => response.writeHead(302, { location: receiver.address }).end());
    const { id } = await register(receiver.address);
    await happen();
    await untilDelivery({ status: "waiting", attempt_count: 1 });
    const [{ id: eventId }] = (await ask("GET", "/system/v1/webhook-events")).json().data;
    const attempts = async () =>
      (await ask("GET", `/system/v1/webhook-events/${eventId}`)).json().data.deliveries[0].attempts;
    expect(await attempts()).toEqual([
      expect.objectContaining({
        response_status_code: null,
        response_body: null,
        error: "The URL leads to a private or local address, which is not fetched.",
      }),
    ]);
    expect(receiver.received).toEqual([]);
    await (opened.shift() as Webhooks).stop();
    server.advance(1_000);
    send();
    await ask("POST", `/system/v1/webhook-events/${eventId}/replay`, { webhook_id: id });
    await vi.waitFor(async () => expect(await attempts()).toHaveLength(2), 5_000);
    expect((await attempts())[1]).toMatchObject({ response_status_code: 302, error: null });
    expect(receiver.received).toHaveLength(1);
  });

  it("that do not answer in time are told so", async () => {
    send({ attemptMs: 300 });
    await register((await receive(() => undefined)).address);
    await happen();
    await untilDelivery({ status: "waiting", attempt_count: 1 });
    const rows = await server.db.selectFrom("webhook_attempts").selectAll().execute();
    expect(rows).toEqual([
      expect.objectContaining({
        response_status_code: null,
        error: "The receiver did not answer within 0.3 seconds.",
      }),
    ]);
    expect(rows[0]?.took_ms).toBeGreaterThanOrEqual(295);
  });

  it("are shared by servers, each event for one of them", async () => {
    const receiver = await receive();
    await register(receiver.address);
    for (let n = 0; n < 100; n += 1) await happen();
    send();
    send();
    await vi.waitFor(() => expect(receiver.received).toHaveLength(100), 10_000);
    await vi.waitFor(async () => {
      const left = await server.db.selectFrom("webhook_deliveries").select("status").distinct().execute();
      expect(left).toEqual([{ status: "delivered" }]);
    }, 5_000);
    expect(new Set(receiver.received.map(({ event }) => event.id)).size).toBe(100);
    expect(receiver.received).toHaveLength(100);
  });

  it("get what a server had taken when it was killed, once that is over", async () => {
    const receiver = await receive();
    await register(receiver.address);
    await happen();
    const taken = await claimDeliveries(server.db, { rooms: new Map(), ofOthers: 5, inAll: 5 });
    expect(taken).toHaveLength(1);
    expect(await claimDeliveries(server.db, { rooms: new Map(), ofOthers: 5, inAll: 5 })).toEqual([]);
    send();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(receiver.received).toEqual([]);
    await makeDue();
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), 5_000);
  });

  it("are taken by each endpoint's longest due, bounded for each and in all", async () => {
    const webhooks = [await register("http://127.0.0.1:1/a"), await register("http://127.0.0.1:1/b")];
    for (let n = 0; n < 6; n += 1) await happen();
    const [a, b] = webhooks.map(({ id }) => id);
    const taken = await claimDeliveries(server.db, { rooms: new Map([[a ?? "", 1]]), ofOthers: 4, inAll: 4 });
    expect(taken.map(({ webhookId }) => webhookId).sort()).toEqual([a, b, b, b].sort());
    const none = await claimDeliveries(server.db, { rooms: new Map([[b ?? "", 0]]), ofOthers: 0, inAll: 4 });
    expect(none).toEqual([]);
  });

  it("get nothing while they are disabled, and nothing once they are deleted", async () => {
    send();
    const [one, other] = [await receive(), await receive(refuse)];
    const paused = await register(one.address);
    const deleted = await register(other.address);
    await ask("PATCH", `/system/v1/webhooks/${paused.id}`, { enabled: false });
    await happen();
    await untilDelivery({ webhook_id: deleted.id, status: "waiting", attempt_count: 1 });
    await ask("DELETE", `/system/v1/webhooks/${deleted.id}`);
    await makeDue();
    await untilDelivery({ webhook_id: deleted.id, status: "cancelled" });
    await ask("PATCH", `/system/v1/webhooks/${paused.id}`, { enabled: true });
    const uploadId = await happen();
    await vi.waitFor(() => expect(one.received).toHaveLength(1), 5_000);
    expect(one.received[0]?.event.object.id).toBe(uploadId);
    expect(other.received).toHaveLength(1);
  });
});
