import { parse, types } from "hls-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planKey, segmentKey, soundTrackRef } from "../domain/media/object-keys.ts";
import { soundTrackRendition } from "../domain/media/sound-track.ts";
import { startTestPostgres, type TestPostgres } from "../platform/postgres/testing.ts";
import { audioRendition, PLAN_ID, smallPlan } from "./testing/plans.ts";
import { ENVIRONMENT, longId, publish } from "./testing/publish.ts";
import { openWorld, type World } from "./testing/world.ts";

/** Longer than any answer of Postgres is remembered. */
const LATER_MS = 10_000;

let engine: TestPostgres;
let world: World;
let made = 0;

beforeAll(async () => {
  engine = await startTestPostgres();
  world = await openWorld(await engine.createTestDatabase());
  await world.start();
});
afterAll(async () => {
  await world.close();
  await engine.stop();
});

/** A ready sound track as server and transcoder leave it; gives its id. */
async function addSound(assetId: string, name: string, language: string): Promise<string> {
  made += 1;
  const trackId = longId(`sound${made}x`);
  await world.postgres
    .insertInto("tracks")
    .values({
      ...{ environment_id: ENVIRONMENT, asset_id: assetId, id: trackId, type: "audio", status: "ready" },
      ...{ name, language_code: language, source_url: "https://example.com/a.m4a", created_at: new Date() },
    })
    .execute();
  const plan = smallPlan();
  const audio = [audioRendition(plan.boundaries, { name: soundTrackRendition(trackId), label: "Default" })];
  const own = soundTrackRef({ environment: ENVIRONMENT, assetId, trackId });
  const key = planKey({ ...own, planId: PLAN_ID });
  await world.objects.put(key, Buffer.from(JSON.stringify({ ...plan, video: [], audio })));
  return trackId;
}

async function multivariantOf(playbackId: string): Promise<types.MasterPlaylist> {
  const playlist = parse((await world.get(`/${playbackId}.m3u8`)).body.toString());
  if (!(playlist instanceof types.MasterPlaylist)) throw new Error("not a multivariant playlist");
  return playlist;
}

describe("a sound that was added by URL", () => {
  it("stands behind the asset's own in HLS and DASH, by its name and language", async () => {
    const { playbackId, assetId } = await publish(world);
    const trackId = await addSound(assetId, 'Deutsch "neu"', "de");
    for (const { audio } of (await multivariantOf(playbackId)).variants.filter(({ isIFrameOnly }) => !isIFrameOnly)) {
      expect(audio.map(({ name, language, isDefault }) => [name, language, isDefault])).toEqual([
        ["Audio", undefined, true],
        ["Deutsch neu", "de", false],
      ]);
      expect(audio[1]?.uri).toContain(`/${soundTrackRendition(trackId)}.m3u8`);
    }
    const dash = (await world.get(`/${playbackId}.mpd`)).body.toString();
    expect(dash).toContain(`<Representation id="${soundTrackRendition(trackId)}" `);
    expect(dash).toMatch(/lang="de"[\s\S]*<Label>Deutsch (neu|&quot;neu&quot;)<\/Label>[\s\S]*value="alternate"/);
  });

  it("leads from its playlist to segments that a transcoder makes of it", async () => {
    const { playbackId, assetId } = await publish(world);
    const rendition = soundTrackRendition(await addSound(assetId, "Deutsch", "de"));
    const playlist = await world.get(`/${playbackId}/h/-/${PLAN_ID}/${rendition}.m3u8`);
    const media = parse(playlist.body.toString());
    if (!(media instanceof types.MediaPlaylist)) throw new Error("not a media playlist");
    expect(media.segments).toHaveLength(4);
    world.makeAll(Buffer.from("sound"));
    const segment = await world.get(`/${playbackId}/s/-/${PLAN_ID}/${rendition}/1.m4s`);
    expect([segment.status, segment.headers["content-type"], segment.body.toString()]).toEqual([
      ...[200, "audio/mp4", "sound"],
    ]);
    const key = segmentKey({ environment: ENVIRONMENT, assetId, planId: PLAN_ID }, rendition, 1);
    expect(await world.objects.head(key)).not.toBeNull();
    expect((await world.get(`/${playbackId}/s/-/${PLAN_ID}/${rendition}/4.m4s`)).status).toBe(404);
    expect((await world.get(`/${playbackId}/s/-/${PLAN_ID}/${soundTrackRendition(longId("no"))}/0.m4s`)).status).toBe(
      404,
    );
  });

  it("is all that is heard of a silent film", async () => {
    const { playbackId, assetId } = await publish(world, { plan: smallPlan({ audio: [] }) });
    await addSound(assetId, "Deutsch", "de");
    const { variants } = await multivariantOf(playbackId);
    expect(variants[0]?.audio).toMatchObject([{ name: "Deutsch", isDefault: true }]);
    expect(variants[0]?.codecs).toContain("mp4a.40.2");
  });

  it("leaves with its track, within seconds, and takes nothing else with it", async () => {
    const { playbackId, assetId } = await publish(world);
    const trackId = await addSound(assetId, "Deutsch", "de");
    expect((await multivariantOf(playbackId)).variants[0]?.audio).toHaveLength(2);
    await world.postgres.updateTable("tracks").set({ status: "deleted" }).where("id", "=", trackId).execute();
    world.advance(LATER_MS);
    expect((await multivariantOf(playbackId)).variants[0]?.audio).toHaveLength(1);
    const path = `/${playbackId}/s/-/${PLAN_ID}/${soundTrackRendition(trackId)}/0.m4s`;
    expect((await world.get(path)).status).toBe(404);
  });

  it("whose plan is lost is left out, and the asset plays on", async () => {
    const { playbackId, assetId } = await publish(world);
    const trackId = await addSound(assetId, "Deutsch", "de");
    const own = soundTrackRef({ environment: ENVIRONMENT, assetId, trackId });
    await world.objects.delete(planKey({ ...own, planId: PLAN_ID }));
    expect((await multivariantOf(playbackId)).variants[0]?.audio).toHaveLength(1);
  });
});
