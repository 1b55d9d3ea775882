import { createReadStream } from "node:fs";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startTestPostgres, type TestPostgres } from "../platform/postgres/testing.ts";
import { type Published, publish } from "./testing/publish.ts";
import { errorOf, fileOf } from "./testing/read-back.ts";
import { keyOf, openWorld, segmentPath, type World } from "./testing/world.ts";

const SIZE = 100_000;

let engine: TestPostgres;
let world: World;
let asset: Published;
let path: string;
let etag: string;
beforeAll(async () => {
  engine = await startTestPostgres();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  world = await openWorld(await engine.createTestDatabase());
  await world.start();
  asset = await publish(world);
  path = segmentPath(asset.playbackId);
  const stored = await world.objects.put(keyOf(asset.assetId), Buffer.alloc(SIZE, "0123456789abcdefghijklmnopq"));
  etag = `"${stored.sha256}"`;
});
afterEach(() => world.close());

const range = (text: string, more: Record<string, string> = {}) =>
  world.get(path, { headers: { range: text, ...more } });

describe("ranges", () => {
  it("are the bytes that Node reads of the stored file", async () => {
    const file = await fileOf(world, keyOf(asset.assetId));
    const place = fc.integer({ min: 0, max: SIZE - 1 });
    await fc.assert(
      fc.asyncProperty(place, place, async (one, other) => {
        const [start, end] = [Math.min(one, other), Math.max(one, other)];
        const got = await range(`bytes=${start}-${end}`);
        expect([got.status, got.headers["content-range"]]).toEqual([206, `bytes ${start}-${end}/${SIZE}`]);
        expect(got.headers["content-length"]).toBe(String(end - start + 1));
        expect(got.body.equals(await buffer(createReadStream(file, { start, end })))).toBe(true);
      }),
      { numRuns: 25 },
    );
    const whole = await buffer(createReadStream(file));
    expect((await range("bytes=-7")).body).toEqual(whole.subarray(-7));
    expect((await range(`bytes=${SIZE - 3}-`)).body).toEqual(whole.subarray(-3));
    expect((await range("bytes=0-999999999")).body).toEqual(whole);
  });

  it("are 416 behind the end, and the whole where they are several, malformed or of HEAD", async () => {
    const behind = await range(`bytes=${SIZE}-`);
    expect([behind.status, behind.headers["content-range"]]).toEqual([416, `bytes */${SIZE}`]);
    expect(errorOf(behind).type).toBe("range_not_satisfiable");
    for (const text of ["bytes=0-1,5-6", "bytes=9-2", "lines=0-1", "bytes=x"]) {
      const got = await range(text);
      expect([text, got.status, got.body.length, got.headers["content-range"]]).toEqual([text, 200, SIZE, undefined]);
    }
    const head = await world.get(path, { method: "HEAD", headers: { range: "bytes=0-1" } });
    expect([head.status, head.headers["content-length"], head.headers["accept-ranges"]]).toEqual([
      200,
      String(SIZE),
      "bytes",
    ]);
  });

  it("hold under If-Range only for the same bytes; 304 comes first", async () => {
    expect((await range("bytes=0-1", { "if-range": etag })).status).toBe(206);
    for (const other of ['"x"', `W/${etag}`, "Thu, 01 Jan 2026 00:00:00 GMT"]) {
      expect([other, (await range("bytes=0-1", { "if-range": other })).status]).toEqual([other, 200]);
    }
    expect((await range("bytes=0-1", { "if-none-match": etag })).status).toBe(304);
  });

  it("are not of playlists that name a view, whose bytes differ each time", async () => {
    const got = await world.get(`/${asset.playbackId}.m3u8`, { headers: { range: "bytes=0-1" } });
    expect([got.status, got.headers["accept-ranges"]]).toEqual([200, undefined]);
  });
});

describe("headers", () => {
  it("let scripts of pages read sizes, parts and tags", async () => {
    const exposed = (await range("bytes=0-1")).headers["access-control-expose-headers"] ?? "";
    for (const name of ["content-length", "content-range", "etag"]) expect(exposed.split(", ")).toContain(name);
    const preflight = await world.get(path, {
      method: "OPTIONS",
      headers: { origin: "https://a.com", "access-control-request-headers": "range, cmcd-session" },
    });
    expect(preflight.headers["access-control-allow-headers"]).toBe("range, cmcd-session");
  });
});

describe("delivered seconds", () => {
  const view = "vsid=aaaaaaaaaaaaaaaa";
  const settled = (count: number) => vi.waitFor(() => expect(world.delivered).toHaveLength(count));

  it("are of whole and partial answers, by the session that the URL names", async () => {
    await world.get(`${path}?${view}`);
    await settled(1);
    expect(world.delivered[0]).toMatchObject({
      ...{ environmentId: 1, assetId: asset.assetId, playbackId: asset.playbackId, rendition: "720p", segment: 0 },
      ...{ tier: "720p", lengthMs: 2_002, session: "aaaaaaaaaaaaaaaa" },
    });
    await world.get(`${path}?${view}`, { headers: { range: "bytes=0-99" } });
    await settled(2);
    const key = ({ atMs: _, ...rest }: object & { atMs?: number }) => rest;
    expect(key(world.delivered[1] ?? {})).toEqual(key(world.delivered[0] ?? {})); // one row in the store
    await world.get(path, { headers: { "cmcd-session": 'sid="mine"' } });
    await world.get(path);
    await settled(4);
    expect(world.delivered[2]?.session).toBe("cmcd:mine");
    expect(world.delivered[3]?.session).toMatch(/^request:/);
  });

  it("are not of HEAD, 304, 403, 404, 416, inits, playlists, or the sound beside a picture", async () => {
    world.makeAll();
    await world.get(path, { method: "HEAD" });
    await world.get(path, { headers: { "if-none-match": etag } });
    await world.get(path, { headers: { range: `bytes=${SIZE}-` } });
    await world.get(path.replace("/s/-/", "/s/x/"));
    await world.get(path.replace("/0.m4s", "/9.m4s"));
    await world.get(path.replace("/0.m4s", "/init.mp4"));
    await world.get(path.replace("/720p/", "/audio/"));
    await world.get(`/${asset.playbackId}.m3u8`);
    await world.get(`${path}?${view}`); // whatever came before is settled
    await settled(1);
  });

  it("are not of answers that the client did not wait for", async () => {
    const big = segmentPath(asset.playbackId, 1);
    await world.objects.put(keyOf(asset.assetId, 1), Buffer.alloc(20_000_000)); // more than sockets hold
    const socket = connect(world.port());
    socket.write(`GET ${big} HTTP/1.1\r\nhost: a\r\n\r\n`);
    await new Promise((resolve) => socket.once("data", resolve));
    socket.destroy();
    await world.get(path);
    await settled(1);
    expect(world.delivered[0]?.segment).toBe(0);
  });
});
