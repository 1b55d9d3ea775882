import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

const ID = "a".repeat(44);

let postgres: TestPostgres;
let delivery: Server;
let server: TestServer;
let api: string;
let asked: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders }[];

beforeAll(async () => {
  postgres = await startTestPostgres();
  delivery = createServer(({ method, url, headers }, response) => {
    asked.push({ method, url, headers });
    if (url?.includes("busy")) response.writeHead(503, { "retry-after": "1" }).end();
    else
      response
        .writeHead(200, {
          "content-type": "application/vnd.apple.mpegurl",
          "cache-control": "max-age=60",
          "x-own": "1",
        })
        .end(method === "HEAD" ? undefined : "#EXTM3U");
  });
  await new Promise<void>((resolve) => delivery.listen(0, "127.0.0.1", resolve));
  const deliveryUrl = `http://127.0.0.1:${(delivery.address() as AddressInfo).port}`;
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase(), deliveryUrl });
  api = await server.listen();
});
afterAll(async () => {
  await server.stop();
  delivery.close();
  await postgres.stop();
});
beforeEach(() => {
  asked = [];
});

describe("playback URLs on the API's host", () => {
  it.each([
    ["GET", `/${ID}.m3u8?token=a.b.c&x=%20`],
    ["GET", `/${ID}/thumbnail.jpg?time=2`],
    ["HEAD", `/${ID}.m3u8`],
    ["GET", `/${ID}.mpd`],
    ["OPTIONS", `/${ID}/h/-/0123456789abcdef/720p.m3u8`],
  ])("%s %s is delivery's to answer", async (method, path) => {
    const headers = { authorization: "Basic c2VjcmV0", cookie: "a=b", accept: "application/binary" };
    const response = await fetch(api + path, { method, headers });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("max-age=60");
    expect(response.headers.get("x-own")).toBe("1");
    expect(await response.text()).toBe(method === "HEAD" ? "" : "#EXTM3U");
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method, url: path });
    expect(asked[0]?.headers).toMatchObject({ accept: "application/binary", "x-forwarded-for": "127.0.0.1" });
    expect(asked[0]?.headers).not.toHaveProperty("authorization");
    expect(asked[0]?.headers).not.toHaveProperty("cookie");
  });

  it("passes on whom a proxy before it named, and delivery's own 503 without asking again", async () => {
    const headers = { "x-forwarded-for": "203.0.113.7" };
    const response = await fetch(`${api}/${ID}/busy.m4s`, { headers });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(asked.map((request) => request.headers["x-forwarded-for"])).toEqual(["203.0.113.7, 127.0.0.1"]);
  });

  it.each([
    ["GET", "/short.m3u8"],
    ["GET", `/${ID}.mp4`],
    ["GET", `/${ID}-x/a`],
    ["POST", `/${ID}.m3u8`],
    ["GET", "/_stainless_unknown_path"],
    ["GET", "/video/v1/unknown-but-quite-long-path"],
    ["GET", `/uploads/${ID}`],
    ["GET", `/${ID}/%2e%2e/%2E%2E/metrics`],
    ["GET", `/${ID}/..%2fmetrics`],
  ])("%s %s is no playback URL: 404 as ever", async (method, path) => {
    const response = await fetch(api + path, { method });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { type: "not_found" } });
    expect(asked).toEqual([]);
  });

  it("is 503 with Retry-After while delivery is away", async () => {
    const alone = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
    const response = await fetch(`${await alone.listen()}/${ID}.m3u8`);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(await response.json()).toMatchObject({ error: { type: "unavailable" } });
    await alone.stop();
  });
});
