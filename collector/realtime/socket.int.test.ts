import { once } from "node:events";
import { io, type Socket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { AckWire, ClientToServer, EndedWire, ServerToClient } from "../../domain/monitoring/socket-wire.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import type { Listener } from "../../platform/http/listen.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { signSocketToken } from "../../platform/tokens/socket-token.ts";
import { Publisher } from "./publisher.ts";
import { openSocket } from "./socket.ts";

const SECRET = new Uint8Array(32).fill(7);
const GRANT = { personId: "ada", environmentId: 7 as EnvironmentId, scopes: ["monitoring:read"] };
const log = createLogger("test", "silent");

let publisher: Publisher;
let listener: Listener;
const clients: Socket<ServerToClient, ClientToServer>[] = [];

beforeEach(async () => {
  const clickhouse = { query: async () => [] } as unknown as ClickHouse;
  publisher = new Publisher({ clickhouse, log, metrics: createMetrics("test"), nowMs: Date.now, asOfMs: Date.now });
  listener = await openSocket({ hosts: ["127.0.0.1"], port: 0, secret: SECRET, publisher, nowMs: Date.now, log });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await listener.close();
  await publisher.close();
});

async function connect(
  token: string,
  onEnded: (message: EndedWire) => void = () => undefined,
): Promise<Socket<ServerToClient, ClientToServer>> {
  const client: Socket<ServerToClient, ClientToServer> = io(`http://127.0.0.1:${listener.port}`, {
    transports: ["websocket"],
    auth: { token },
    reconnection: false,
  });
  clients.push(client);
  client.on("ended", onEnded);
  await new Promise<void>((resolve, reject) => {
    client.on("connect", resolve);
    client.on("connect_error", reject);
  });
  return client;
}

const tokenFor = (grant: Partial<typeof GRANT> = {}, ageMs = 0) =>
  signSocketToken({ ...GRANT, ...grant }, SECRET, Date.now() - ageMs);

describe("the realtime socket", () => {
  it("refuses who has no living token of the right scope", async () => {
    for (const token of ["", "x.y.z", await tokenFor({}, 301_000), await tokenFor({ scopes: [] })]) {
      await expect(connect(token)).rejects.toThrow("unauthorized");
    }
  });

  it("sends a snapshot for a subscription, and refuses the ninth", async () => {
    const client = await connect(await tokenFor());
    const snapshot = new Promise((resolve) => client.on("snapshot", resolve));
    const answers: AckWire[] = [];
    for (let index = 0; index < 9; index += 1) {
      answers.push(await client.emitWithAck("subscribe", { id: `s${index}`, breakdowns: ["country"] }));
    }
    expect(answers.map(({ ok }) => ok)).toEqual([...Array.from({ length: 8 }, () => true), false]);
    expect(await snapshot).toMatchObject({ id: "s0", state: "live" });
    const hostile = { id: "s1", filters: "x" } as unknown as Parameters<ClientToServer["subscribe"]>[0];
    expect(await client.emitWithAck("subscribe", hostile)).toMatchObject({ error: { type: "invalid_parameters" } });
  });

  it.each([
    ["no message at all", ""],
    ["null", ",null"],
    ["a number", ",5"],
    ["a list", ",[]"],
    ["an id that has no text", ',{"id":{"toString":null}}'],
    ["an id nested 32,000 deep", `,{"id":${"[".repeat(32_000)}${"]".repeat(32_000)}}`],
    ["an id of 60,000 characters", `,{"id":"${"x".repeat(60_000)}"}`],
    ["an id called __proto__", ',{"id":"__proto__","__proto__":{"id":"s"}}'],
    ["a token that is none", ',{"token":{"toString":null}}'],
    ["a token of dots", `,{"token":"${".".repeat(60_000)}"}`],
    ["a token without a text in it", ',{"token":"e30.e30.e30"}'],
    ["30,000 filters that are none", `,{"id":"s","filters":[${"0,".repeat(30_000)}0]}`],
    [
      "deep filters",
      `,{"id":"s","filters":[{"dimension":"country","values":${"[".repeat(30_000)}${"]".repeat(30_000)}}]}`,
    ],
    ["more arguments than one", ',{"id":"other"},5,{}'],
  ])("outlives any message: %s", async (_, argument) => {
    const client = await connect(await tokenFor());
    const answers: string[] = [];
    client.io.engine.on("data", (packet) => answers.push(String(packet)));
    for (const event of ["subscribe", "unsubscribe", "refresh_token", "error", "nobody listens to this"]) {
      client.io.engine.send(`2["${event}"${argument}]`); // nobody waits for an answer
      client.io.engine.send(`27["${event}"${argument}]`);
    }
    expect(await client.emitWithAck("subscribe", { id: "after" })).toEqual({ ok: true });
    const answered = () => answers.filter((packet) => packet.startsWith("37["));
    await expect.poll(() => answered().length).toBe(3);
    expect(Math.max(...answered().map(({ length }) => length))).toBeLessThan(4_000);
  });

  it("lets one person have 40 subscriptions on 20 connections, and others theirs", async () => {
    const token = await tokenFor({ personId: "many" });
    const crowd = await Promise.all(Array.from({ length: 20 }, () => connect(token)));
    const answers: AckWire[] = [];
    for (const client of crowd.slice(0, 6)) {
      for (let index = 0; index < 8; index += 1)
        answers.push(await client.emitWithAck("subscribe", { id: `s${index}` }));
    }
    expect(answers.map(({ ok }) => ok)).toEqual(Array.from({ length: 48 }, (_, index) => index < 40));
    crowd[0]?.disconnect();
    await expect.poll(() => crowd[6]?.emitWithAck("subscribe", { id: "again" })).toEqual({ ok: true });

    crowd.push(await connect(token));
    const ended = Promise.withResolvers<EndedWire>();
    await connect(token, ended.resolve);
    expect(await ended.promise).toEqual({ reason: "too_many_connections" });
    const other = await connect(await tokenFor({ personId: "few" }));
    expect(await other.emitWithAck("subscribe", { id: "s" })).toEqual({ ok: true });
  });

  it("ends with its token, unless one of the same person and environment replaces it", async () => {
    const client = await connect(await tokenFor({}, 298_500));
    const ended = new Promise<EndedWire>((resolve) => client.on("ended", resolve));
    const refresh = (token: string) => client.emitWithAck("refresh_token", { token });
    expect(await refresh(await tokenFor({ environmentId: 8 as EnvironmentId }))).toMatchObject({ ok: false });
    expect(await refresh(await tokenFor({ personId: "eve" }))).toMatchObject({ ok: false });

    const kept = await connect(await tokenFor({}, 298_500));
    expect(await kept.emitWithAck("refresh_token", { token: await tokenFor() })).toEqual({ ok: true });
    expect(await ended).toEqual({ reason: "token_expired" });
    expect(client.connected).toBe(false);
    expect(kept.connected).toBe(true);
  });

  it("closes at once also while somebody connected without ever joining", async () => {
    const raw = new WebSocket(`ws://127.0.0.1:${listener.port}/socket.io/?EIO=4&transport=websocket`);
    await once(raw, "open");
    const client = await connect(await tokenFor());
    const ended = new Promise<EndedWire>((resolve) => client.on("ended", resolve));
    const startedMs = performance.now();
    await listener.close();
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    expect(await ended).toEqual({ reason: "shutting_down" });
    raw.close();
  });
});
