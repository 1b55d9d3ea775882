import { truncate, writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Wanted } from "../../domain/media/transcoder-wire.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { startFakeTranscoder } from "../testing/fake-transcoder.ts";
import { PLAN_ID } from "../testing/plans.ts";
import { ENVIRONMENT, publish } from "../testing/publish.ts";
import { errorOf, fileOf } from "../testing/read-back.ts";
import { keyOf, openWorld, segmentPath, type World } from "../testing/world.ts";

let engine: TestPostgres;
let world: World;
beforeAll(async () => {
  engine = await startTestPostgres();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  world = await openWorld(await engine.createTestDatabase());
});
afterEach(() => world.close());

describe("segments", () => {
  it("are made once for a hundred that ask at the same time, and never again", async () => {
    await world.start();
    const asset = await publish(world);
    const bytes = Buffer.alloc(100_000, "0123456789");
    world.makeAll(bytes);
    const got = await Promise.all(Array.from({ length: 100 }, () => world.get(segmentPath(asset.playbackId, 2))));
    for (const { status, body } of got) expect([status, body.equals(bytes)]).toEqual([200, true]);
    const { assetId } = asset;
    const wanted: Wanted = {
      kind: "segment",
      environment: ENVIRONMENT,
      assetId,
      planId: PLAN_ID,
      rendition: "720p",
      segment: 2,
    };
    expect(world.transcoder.asked).toEqual([wanted]);
    await world.get(segmentPath(asset.playbackId, 2));
    expect(world.transcoder.asked).toHaveLength(1);
    expect(await world.metric('playhead_delivery_requests_total{kind="segment",status="200"')).toBe(101);
  });

  it("answer HEAD and 304 from the hash of their bytes", async () => {
    await world.start();
    const asset = await publish(world);
    const { sha256 } = await world.objects.put(keyOf(asset.assetId), Buffer.from("stored"));
    const head = await world.get(segmentPath(asset.playbackId), { method: "HEAD" });
    expect([head.status, head.headers["content-length"], head.headers.etag]).toEqual([200, "6", `"${sha256}"`]);
    expect(
      (await world.get(segmentPath(asset.playbackId), { headers: { "if-none-match": `"${sha256}"` } })).status,
    ).toBe(304);
    expect(world.transcoder.asked).toEqual([]);
  });

  it("are no longer made when the last client has left", async () => {
    await world.start();
    const asset = await publish(world);
    world.transcoder.answer = () => undefined;
    const [one, two] = [new AbortController(), new AbortController()];
    const waiting = [world.get(segmentPath(asset.playbackId), one), world.get(segmentPath(asset.playbackId), two)];
    for (const result of waiting) result.catch(() => undefined);
    await vi.waitFor(() => expect(world.transcoder.asked).toHaveLength(1));
    await world.get(`/${asset.playbackId}.m3u8`); // both wait now: this one came after them
    one.abort();
    await vi.waitFor(async () =>
      expect(await world.metric('playhead_delivery_requests_total{kind="segment",status="left"')).toBe(1),
    );
    expect(world.transcoder.left()).toBe(0);
    two.abort();
    await vi.waitFor(() => expect(world.transcoder.left()).toBe(1));
    world.makeAll();
    expect((await world.get(segmentPath(asset.playbackId))).status).toBe(200);
  });

  it.each([
    ["truncated", (path: string) => truncate(path, 3)],
    ["changed", (path: string) => writeFile(path, "fAlse!")],
    ["lengthened", (path: string) => writeFile(path, "stored and more")],
  ])("are made anew, not served, when the stored bytes are %s", async (_, damage) => {
    await world.start();
    const asset = await publish(world);
    await world.objects.put(keyOf(asset.assetId), Buffer.from("stored"));
    await damage(await fileOf(world, keyOf(asset.assetId)));
    const refused = await world.get(segmentPath(asset.playbackId));
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "7"]);
    expect(await world.metric("playhead_delivery_damaged_objects_total")).toBe(1);
    world.makeAll(Buffer.from("stored"));
    const got = await world.get(segmentPath(asset.playbackId));
    expect([got.status, got.body.toString()]).toEqual([200, "stored"]);
  });

  it("are 503 when a transcoder says it is made, and it cannot be read", async () => {
    await world.start();
    const asset = await publish(world);
    world.transcoder.answer = (_, response) => response.writeHead(200).end("{}");
    expect((await world.get(segmentPath(asset.playbackId))).status).toBe(503);
  });

  it.each([404, 401, 500])("are 503, never 404, when the transcoder answers %d", async (status) => {
    await world.start();
    const asset = await publish(world);
    world.transcoder.answer = (_, response) => response.writeHead(status).end();
    const got = await world.get(segmentPath(asset.playbackId));
    expect([got.status, got.headers["retry-after"]]).toEqual([503, "1"]);
  });

  it("are 503 when it takes longer than the deadline, and the work is given up", async () => {
    await world.start({ deadlineMs: 100 });
    const asset = await publish(world);
    world.transcoder.answer = () => undefined;
    const got = await world.get(segmentPath(asset.playbackId));
    expect([got.status, got.headers["retry-after"]]).toEqual([503, "1"]);
    await vi.waitFor(() => expect(world.transcoder.left()).toBe(1));
  });

  it("play without a transcoder where they are stored", async () => {
    await world.transcoder.close();
    await world.start();
    const asset = await publish(world);
    await world.objects.put(keyOf(asset.assetId), Buffer.from("stored"));
    expect((await world.get(`/${asset.playbackId}.m3u8`)).status).toBe(200);
    expect((await world.get(segmentPath(asset.playbackId))).body.toString()).toBe("stored");
    const missing = await world.get(segmentPath(asset.playbackId, 1));
    expect([missing.status, missing.headers["retry-after"], errorOf(missing).type]).toEqual([503, "1", "unavailable"]);
  });

  it("are asked of the next transcoder when one cannot be reached or breaks off", async () => {
    const dead = await startFakeTranscoder();
    await dead.close();
    const breaking = await startFakeTranscoder();
    breaking.answer = (_, response) => response.destroy();
    world.makeAll();
    await world.start({ urls: [dead.url, breaking.url, world.transcoder.url] });
    try {
      for (let at = 0; at < 8; at += 1)
        expect((await world.get(segmentPath((await publish(world)).playbackId))).status).toBe(200);
      expect(breaking.asked.length).toBeGreaterThan(0);
    } finally {
      await breaking.close();
    }
  });

  it("are made over a new connection when a kept one was closed meanwhile", async () => {
    world.makeAll();
    await world.start();
    const asset = await publish(world);
    expect((await world.get(segmentPath(asset.playbackId, 0))).status).toBe(200);
    const answer = world.transcoder.answer;
    let broken = false;
    world.transcoder.answer = (wanted, response) => {
      if (broken) return answer(wanted, response);
      broken = true;
      return response.destroy();
    };
    expect((await world.get(segmentPath(asset.playbackId, 1))).status).toBe(200);
  });
});

describe("an unreadable store", () => {
  it("is 503 with its cause in the log, never 404", async () => {
    await world.start();
    const asset = await publish(world);
    await world.objects.put(keyOf(asset.assetId), Buffer.from("stored"));
    world.objects.read = () => Promise.reject(Object.assign(new Error("input/output error"), { code: "EIO" }));
    expect((await world.get(segmentPath(asset.playbackId))).status).toBe(503);
    expect(world.transcoder.asked).toEqual([]);
  });
});
