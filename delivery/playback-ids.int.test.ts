import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../platform/postgres/testing.ts";
import { readPlaybackIdsFrom } from "./playback-ids.ts";
import { createPostgresCheck } from "./postgres-check.ts";
import { longId, publish } from "./testing/publish.ts";
import { errorOf } from "./testing/read-back.ts";
import { openWorld, segmentPath, type World } from "./testing/world.ts";

let engine: TestPostgres;
let world: World;
beforeEach(async () => {
  engine = await startTestPostgres(); // one each: they are stopped
  world = await openWorld(await engine.createTestDatabase());
  await world.start();
});
afterEach(async () => {
  await world.close();
  await engine.stop();
});

describe("playback ids", () => {
  it.each(["asset", "playback id", "environment"])("are dead within 10 s of the deletion of their %s", async (what) => {
    const { playbackId, assetId } = await publish(world);
    world.makeAll();
    expect((await world.get(segmentPath(playbackId))).status).toBe(200);
    const deleted = { deleted_at: new Date() };
    const { postgres } = world;
    if (what === "asset") await postgres.updateTable("assets").set(deleted).where("id", "=", assetId).execute();
    else if (what === "environment") await postgres.updateTable("environments").set(deleted).execute();
    else await postgres.updateTable("playback_ids").set(deleted).where("id", "=", playbackId).execute();
    world.advance(9_999);
    for (const path of [segmentPath(playbackId), `/${playbackId}.m3u8`, `/${playbackId}/thumbnail.jpg`]) {
      expect([path, (await world.get(path)).status]).toEqual([path, 404]);
    }
  });

  it("play a second after they were asked for in vain", async () => {
    expect((await world.get(`/${longId("early")}.m3u8`)).status).toBe(404);
    const { assetId } = await publish(world);
    await world.postgres
      .insertInto("playback_ids")
      .values({
        environment_id: "abc123",
        id: longId("early"),
        asset_id: assetId,
        policy: "public",
        created_at: new Date(),
        deleted_at: null,
      })
      .execute();
    world.advance(1_000);
    expect((await world.get(`/${longId("early")}.m3u8`)).status).toBe(200);
  });

  it("that were known go on without Postgres, others are 503", async () => {
    const { playbackId } = await publish(world);
    const check = createPostgresCheck(readPlaybackIdsFrom(world.postgres));
    expect(await check()).toEqual({ ok: true });
    world.makeAll();
    expect((await world.get(`/${playbackId}.m3u8`)).status).toBe(200);

    await engine.stop();
    world.advance(3_600_000);
    expect((await world.get(`/${playbackId}.m3u8`)).status).toBe(200);
    expect((await world.get(segmentPath(playbackId))).status).toBe(200);
    const unknown = await world.get(`/${longId("unknown")}.m3u8`);
    expect([unknown.status, unknown.headers["retry-after"], errorOf(unknown).type]).toEqual([503, "1", "unavailable"]);
    expect(await world.metric("playhead_delivery_stale_lookups_total")).toBeGreaterThan(0);
    expect(await check()).toEqual({ ok: true, degraded: expect.stringContaining("going on with known") });
    expect(await createPostgresCheck(readPlaybackIdsFrom(world.postgres))()).toMatchObject({ ok: false });
  });
});
