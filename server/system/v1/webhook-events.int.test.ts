import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createLogger } from "../../../platform/observability/logger.ts";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { SCOPES } from "../../auth/scopes.ts";
import { basic, createFirstTenant, createOtherTenant, createToken } from "../../testing/tenant.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import { caller } from "../../testing/video.ts";
import { type Receiver, startReceiver, startTestWebhooks } from "../../testing/webhooks.ts";
import { EventFeed } from "../../webhooks/event-feed.ts";
import { reapEventsTask } from "../../webhooks/reap-webhook-events.ts";
import type { Webhooks } from "../../webhooks/start-webhooks.ts";
import { newestNumber } from "../../webhooks/webhook-events.ts";
import { WebhookTap } from "../../webhooks/webhook-tap.ts";

const PATH = "/system/v1/webhook-events";
const DAY_MS = 24 * 3_600_000;

let postgres: TestPostgres;
let server: TestServer;
let webhooks: Webhooks;
let receiver: Receiver;
let origin: string;
let environmentId: string;
let tokens: Record<"mine" | "reader" | "stranger", string>;
let ask: ReturnType<typeof caller>;
let stranger: ReturnType<typeof caller>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await postgres.createTestDatabase();
  server = await startTestServer({ databaseUrl, rate: { perSecond: 10_000, burst: 10_000 } });
  origin = await server.listen();
  const first = await createFirstTenant(server.db);
  environmentId = first.environmentId;
  const other = await createOtherTenant(server.db);
  tokens = {
    mine: basic(first.tokenId, first.tokenSecret),
    reader: await createToken(server.db, first.environmentId, ["system:read"]),
    stranger: await createToken(server.db, other.environmentId, [...SCOPES]),
  };
  ask = caller(server, tokens.mine);
  stranger = caller(server, tokens.stranger);
  webhooks = startTestWebhooks(server, databaseUrl);
  receiver = await startReceiver();
});
afterAll(async () => {
  server.services.webhookTap.close();
  await webhooks.stop();
  await receiver.close();
  await server.stop();
  await postgres.stop();
});

/** Something happens, and its event. */
async function happen(who = ask) {
  const { id } = (await who("POST", "/video/v1/uploads", { cors_origin: "*" })).json().data;
  return (await who("GET", `${PATH}?object_id=${id}`)).json().data[0];
}

const delivered = async (id: string) => (await ask("GET", `${PATH}/${id}`)).json().data.deliveries;

/** An open stream; `text` grows as it comes. */
async function listen(authorization: string) {
  const leave = new AbortController();
  const response = await fetch(`${origin}${PATH}/stream`, { headers: { authorization }, signal: leave.signal });
  const stream = { response, text: "", isOver: false, leave: () => leave.abort() };
  const read = async (): Promise<void> => {
    for await (const chunk of response.body ?? []) stream.text += Buffer.from(chunk).toString();
  };
  void read()
    .catch(() => undefined)
    .finally(() => {
      stream.isOver = true;
    });
  return stream;
}

/** A stream of a tap of its own, with the events that it has told. */
async function openStream(tap: WebhookTap, id = environmentId) {
  let told = "";
  const stream = tap.open(id, await newestNumber(server.db, id)).on("data", (chunk) => {
    told += chunk;
  });
  return { ids: (): string[] => dataOf(told).map((event) => event.id), close: () => stream.destroy() };
}

const dataOf = (text: string) =>
  [...text.matchAll(/^data: (\{.+\})$/gm)]
    .map(([, json = ""]) => JSON.parse(json))
    .filter(({ id }) => id !== undefined);

describe("/system/v1/webhook-events", () => {
  it("lists what happened, newest first, by type, object and what became of it", async () => {
    const [older, newer] = [await happen(), await happen()];
    const list = async (query: string) =>
      (await ask("GET", `${PATH}?${query}`)).json().data.map((one: { id: string }) => one.id);
    expect((await list("limit=2")).slice(0, 2)).toEqual([newer.id, older.id]);
    expect(await list("limit=1&page=2")).toEqual([older.id]);
    expect(await list(`type=video.upload.created&object_id=${older.object.id}`)).toEqual([older.id]);
    expect(await list("type=video.asset.ready")).toEqual([]);
    expect(await list("status=failed")).toEqual([]);
    expect(older).toMatchObject({
      type: "video.upload.created",
      object: { type: "upload", id: older.object.id },
      data: { id: older.object.id, status: "waiting" },
      deliveries: [],
    });
    expect((await ask("GET", `${PATH}?status=lost`)).statusCode).toBe(400);
  });

  it("sends one again: to one webhook, or to all that are enabled, also to those that came after it", async () => {
    const { id } = await happen();
    const replay = `${PATH}/${id}/replay`;
    const none = await ask("POST", replay);
    expect([none.statusCode, none.json().error.messages]).toEqual([
      400,
      ["This environment has no webhook that is enabled: create one first"],
    ]);
    const webhook = (await ask("POST", "/system/v1/webhooks", { address: receiver.address })).json().data;
    const { data } = (await ask("POST", replay)).json();
    expect(data.deliveries).toEqual([
      expect.objectContaining({ webhook_id: webhook.id, status: "waiting", attempts: [] }),
    ]);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), 5_000);
    await vi.waitFor(async () =>
      expect(await delivered(id)).toEqual([expect.objectContaining({ status: "delivered" })]),
    );

    const keyed = caller(server, tokens.mine, { "idempotency-key": "replay-1" });
    const once = await keyed("POST", replay, { webhook_id: webhook.id });
    expect((await keyed("POST", replay, { webhook_id: webhook.id })).json()).toEqual(once.json());
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), 5_000);
    await vi.waitFor(async () => expect((await delivered(id))[0].attempts).toHaveLength(2));
    expect(receiver.received[1]?.event.attempts).toHaveLength(1);

    await ask("PATCH", `/system/v1/webhooks/${webhook.id}`, { enabled: false });
    const disabled = await ask("POST", replay, { webhook_id: webhook.id });
    expect([disabled.statusCode, disabled.json().error.messages[0]]).toEqual([
      400,
      `webhook_id: webhook ${webhook.id} is not enabled: enable it first`,
    ]);
    expect((await ask("POST", replay, { webhook_id: "x".repeat(44) })).statusCode).toBe(404);
  });

  it("shows as cancelled what was noted while its webhook was being deleted", async () => {
    const address = "http://127.0.0.1:1/deleted";
    const webhook = (await ask("POST", "/system/v1/webhooks", { address })).json().data;
    const id = await server.db.transaction().execute(async (transaction) => {
      const event = {
        environment_id: environmentId,
        type: "video.asset.ready",
        object_type: "asset",
        object_id: "late",
      };
      const row = await transaction
        .insertInto("webhook_events")
        .values({ ...event, data: "{}", created_at: new Date(server.services.now()) })
        .returning("id")
        .executeTakeFirstOrThrow();
      expect((await ask("DELETE", `/system/v1/webhooks/${webhook.id}`)).statusCode).toBe(204);
      return row.id;
    });
    expect((await delivered(id)).filter((one: { webhook_id: string }) => one.webhook_id === webhook.id)).toEqual([
      expect.objectContaining({ status: "cancelled", attempt_count: 0, next_attempt_at: null }),
    ]);
    const count = async (status: string) =>
      (await ask("GET", `${PATH}?object_id=late&status=${status}`)).json().data.length;
    expect([await count("waiting"), await count("cancelled")]).toEqual([0, 1]);
  });

  it("belongs to its environment, and to callers with the permission", async () => {
    const { id } = await happen();
    const theirs = (await stranger("POST", "/system/v1/webhooks", { address: "https://example.com/" })).json().data;
    for (const wrong of [id, "EVENT_ID", "3a56ac3d-33da-4366-855b-f592d898409d"]) {
      expect((await stranger("GET", `${PATH}/${wrong}`)).statusCode).toBe(404);
      expect((await stranger("POST", `${PATH}/${wrong}/replay`, { webhook_id: theirs.id })).statusCode).toBe(404);
    }
    expect((await ask("POST", `${PATH}/${id}/replay`, { webhook_id: theirs.id })).statusCode).toBe(404);
    expect((await stranger("GET", `${PATH}?limit=100`)).body).not.toContain(id);
    const reader = caller(server, tokens.reader);
    expect((await reader("POST", `${PATH}/${id}/replay`)).statusCode).toBe(403);
    expect((await reader("GET", `${PATH}/${id}`)).statusCode).toBe(200);
  });

  it("forgets after 30 days what nobody waits for", async () => {
    const { id } = await happen();
    const webhook = (await ask("POST", "/system/v1/webhooks", { address: "http://127.0.0.1:1/" })).json().data;
    const { id: waiting } = await happen();
    const reap = (ageMs: number) =>
      reapEventsTask({ db: server.db, now: () => server.services.now() + ageMs })(
        {},
        { signal: new AbortController().signal, attempt: 1, isLastAttempt: false },
      );
    await reap(29 * DAY_MS);
    expect((await ask("GET", `${PATH}/${id}`)).statusCode).toBe(200);
    await reap(31 * DAY_MS);
    expect((await ask("GET", `${PATH}/${id}`)).statusCode).toBe(404);
    expect((await ask("GET", `${PATH}/${waiting}`)).statusCode).toBe(200);
    await ask("DELETE", `/system/v1/webhooks/${webhook.id}`);
    await reap(31 * DAY_MS);
    expect((await ask("GET", `${PATH}/${waiting}`)).statusCode).toBe(404);
  });
});

describe("/system/v1/webhook-events/stream", () => {
  it("tells what happens in this environment from now on, and nothing of others", async () => {
    const [mine, theirs] = [await listen(tokens.reader), await listen(tokens.stranger)];
    expect(mine.response.headers.get("content-type")).toContain("text/event-stream");
    await vi.waitFor(() => expect(mine.text).toMatch(/^event: connected\ndata: \{\}\n\n$/));
    const happened = [await happen(), await happen()];
    const other = await happen(stranger);
    await vi.waitFor(() => expect(dataOf(mine.text)).toHaveLength(2), 5_000);
    expect(dataOf(mine.text)).toEqual(
      happened.map(({ deliveries: _, ...event }) => ({
        ...event,
        environment: { id: expect.any(String), name: "Live" },
        attempts: [],
      })),
    );
    await vi.waitFor(() => expect(dataOf(theirs.text).map(({ id }) => id)).toEqual([other.id]), 5_000);
    expect(dataOf(mine.text)).toHaveLength(2);
    mine.leave();
    theirs.leave();
    await vi.waitFor(() => expect(server.services.webhookTap.environmentIds).toEqual([]), 5_000);
  });

  it("tells after a break of the database's notes what happened meanwhile, once", async () => {
    const tap = new WebhookTap();
    const feed = new EventFeed(server.db, tap, createLogger("test", "silent"));
    const stream = await openStream(tap);
    const first = await happen();
    feed.hear(`${environmentId} ${first.id}`);
    await vi.waitFor(() => expect(stream.ids()).toEqual([first.id]));
    const unheard = [(await happen()).id, (await happen()).id];
    feed.hear(null);
    await vi.waitFor(() => expect(stream.ids()).toEqual([first.id, ...unheard]));
    await feed.stop();
    stream.close();
  });

  it("tells after such a break nothing of before a stream was open", async () => {
    const tap = new WebhookTap();
    const feed = new EventFeed(server.db, tap, createLogger("test", "silent"));
    const [earlier, others] = [await openStream(tap), await openStream(tap, "other1")];
    const first = await happen();
    feed.hear(`${environmentId} ${first.id}`);
    await vi.waitFor(() => expect(earlier.ids()).toEqual([first.id]));
    earlier.close();
    await vi.waitFor(() => expect(tap.environmentIds).toEqual(["other1"]));
    await happen();
    await happen();
    const later = await openStream(tap);
    const [unheard, theirs] = [await happen(), await happen(stranger)];
    feed.hear(null);
    await vi.waitFor(() => expect(others.ids()).toEqual([theirs.id]));
    expect(later.ids()).toEqual([unheard.id]);
    await feed.stop();
    later.close();
    others.close();
  });

  it("refuses without the permission, and more streams than an environment may have", async () => {
    expect((await listen(await createToken(server.db, "other1", ["video:read"]))).response.status).toBe(403);
    const head = await fetch(`${origin}${PATH}/stream`, { method: "HEAD", headers: { authorization: tokens.mine } });
    expect([head.status, server.services.webhookTap.environmentIds]).toEqual([404, []]);
    const open = await Promise.all(Array.from({ length: 20 }, () => listen(tokens.mine)));
    const more = await listen(tokens.mine);
    await vi.waitFor(() => expect(more.isOver).toBe(true));
    expect([more.response.status, JSON.parse(more.text).error]).toEqual([
      429,
      { type: "rate_limited", messages: ["This environment has 20 streams open: close one first"] },
    ]);
    expect((await listen(tokens.stranger)).response.status).toBe(200);
    for (const stream of open) stream.leave();
    await vi.waitFor(async () => {
      const next = await listen(tokens.mine);
      expect(next.response.status).toBe(200);
    }, 5_000);
  });

  it("ends when the server stops", async () => {
    const stream = await listen(tokens.mine);
    await vi.waitFor(() => expect(stream.text).toContain("connected"));
    server.services.webhookTap.close();
    await vi.waitFor(() => expect(stream.isOver).toBe(true), 5_000);
    const late = await listen(tokens.mine);
    expect([late.response.status, late.response.headers.get("retry-after")]).toEqual([503, "1"]);
  });
});
