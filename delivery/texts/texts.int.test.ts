import { truncate } from "node:fs/promises";
import { parse, types } from "hls-parser";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { captionsKey } from "../../domain/media/object-keys.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { PLAN_ID, smallPlan } from "../testing/plans.ts";
import { ENVIRONMENT, longId, publish, publishText } from "../testing/publish.ts";
import { errorOf, fileOf } from "../testing/read-back.ts";
import { openWorld, type World } from "../testing/world.ts";

let engine: TestPostgres;
let world: World;
beforeAll(async () => {
  engine = await startTestPostgres();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  world = await openWorld(await engine.createTestDatabase());
  await world.start();
});
afterEach(() => world.close());

const cue = (startMs: number, endMs: number, text: string) => ({ startMs, endMs, id: null, settings: "", text });
/** Over the boundaries of the small plan, which lie at 2.002, 4.004, 8.008 and 10.01 s. */
const CUES = [cue(500, 2_100, "<i>one</i>"), cue(4_004, 8_008, "two &amp; three")];

describe("text tracks", () => {
  it("lead from the playback id to every segment, each with what is on screen in it", async () => {
    const { playbackId, assetId } = await publish(world);
    await publishText(world, assetId, { name: "English", language: "en", cues: CUES });
    const first = await world.get(`/${playbackId}.m3u8?default_subtitles_lang=en-GB`);
    const multivariant = parse(first.body.toString());
    if (!(multivariant instanceof types.MasterPlaylist)) throw new Error("not a multivariant playlist");
    for (const { subtitles } of multivariant.variants.filter(({ isIFrameOnly }) => isIFrameOnly !== true)) {
      expect(subtitles).toMatchObject([{ name: "English", language: "en", isDefault: true }]);
    }
    const uri = multivariant.variants[0]?.subtitles[0]?.uri ?? "";
    const playlist = await world.get(`/${uri}`);
    expect(playlist.headers).toMatchObject({ "content-type": "application/vnd.apple.mpegurl" });
    const media = parse(playlist.body.toString());
    if (!(media instanceof types.MediaPlaylist)) throw new Error("not a media playlist");
    expect(media).toMatchObject({ targetDuration: 4, endlist: true });
    expect(media.segments.map(({ duration }) => duration)).toEqual([2.002, 2.002, 4.004, 2.002]);

    const texts: string[][] = [];
    for (const { uri: segment } of media.segments) {
      const { pathname } = new URL(segment, `http://x/${uri}`);
      const got = await world.get(pathname);
      expect(got.headers).toMatchObject({
        "content-type": "text/vtt; charset=utf-8",
        "cache-control": "public, max-age=31536000, immutable",
        "access-control-allow-origin": "*",
      });
      texts.push(got.body.toString().match(/<i>one|two &amp; three/g) ?? []);
    }
    expect(texts).toEqual([["<i>one"], ["<i>one"], ["two &amp; three"], []]);
  });

  it("are to be had whole, as WebVTT and as plain text", async () => {
    const { playbackId, assetId } = await publish(world);
    const trackId = await publishText(world, assetId, { cues: CUES });
    const vtt = await world.get(`/${playbackId}/text/${trackId}.vtt`);
    expect([vtt.status, vtt.headers["content-type"]]).toEqual([200, "text/vtt; charset=utf-8"]);
    expect(vtt.body.toString()).toBe(
      "WEBVTT\n\n00:00:00.500 --> 00:00:02.100\n<i>one</i>\n\n00:00:04.004 --> 00:00:08.008\ntwo &amp; three\n",
    );
    const plain = await world.get(`/${playbackId}/text/${trackId}.txt`);
    expect([plain.headers["content-type"], plain.body.toString()]).toEqual([
      "text/plain; charset=utf-8",
      "one\ntwo & three\n",
    ]);
  });

  it("end with a test, also where they are whole", async () => {
    const plan = smallPlan({ test: { shownSeconds: 10.01 } });
    const { playbackId, assetId } = await publish(world, { plan });
    const cues = [cue(500, 2_100, "one"), cue(9_000, 12_000, "across the end"), cue(11_000, 13_000, "behind it")];
    const trackId = await publishText(world, assetId, { cues });
    const whole = async (format: string) =>
      (await world.get(`/${playbackId}/text/${trackId}.${format}`)).body.toString();
    expect(await whole("vtt")).toBe(
      "WEBVTT\n\n00:00:00.500 --> 00:00:02.100\none\n\n00:00:09.000 --> 00:00:10.010\nacross the end\n",
    );
    expect(await whole("txt")).toBe("one\nacross the end\n");
    const other = await publish(world);
    const uncut = await publishText(world, other.assetId, { cues });
    expect((await world.get(`/${other.playbackId}/text/${uncut}.txt`)).body.toString()).toContain("behind it");
  });

  it("are one file in DASH, of what its manifest shows, by its times", async () => {
    const { playbackId, assetId } = await publish(world);
    await publishText(world, assetId, { name: "Ann & Bo", language: "en", cues: CUES });
    const textOf = async (query: string) => {
      const manifest = (await world.get(`/${playbackId}.mpd${query}`)).body.toString();
      expect(manifest).toContain('contentType="text" mimeType="text/vtt" lang="en"');
      const [, uri = ""] = /<BaseURL>([^<]+\.vtt[^<]*)<\/BaseURL>/.exec(manifest) ?? [];
      const got = await world.get(`/${uri.replaceAll("&amp;", "&")}`);
      expect([got.status, got.headers["content-type"]]).toEqual([200, "text/vtt; charset=utf-8"]);
      expect(got.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
      return got.body.toString();
    };
    const whole = "00:00:00.500 --> 00:00:02.100\n<i>one</i>\n\n00:00:04.004 --> 00:00:08.008\ntwo &amp; three\n";
    expect(await textOf("")).toBe(`WEBVTT\n\n${whole}`);
    // whole segments, from 2.002 s
    const part = "00:00:00.000 --> 00:00:00.098\n<i>one</i>\n\n00:00:02.002 --> 00:00:06.006\ntwo &amp; three\n";
    expect(await textOf("?asset_start_time=3&asset_end_time=7")).toBe(`WEBVTT\n\n${part}`);
    const beyond = await world.get(`/${playbackId}.mpd?asset_start_time=10.01`);
    expect(beyond.status).toBe(400);
  });

  it("show within seconds of being added, and are gone within seconds of being deleted", async () => {
    const { playbackId, assetId } = await publish(world);
    const listed = async () => (await world.get(`/${playbackId}.m3u8`)).body.toString().includes("TYPE=SUBTITLES");
    expect(await listed()).toBe(false);
    const trackId = await publishText(world, assetId, { cues: CUES });
    world.advance(5_000);
    expect(await listed()).toBe(true);
    await world.postgres.updateTable("tracks").set({ status: "deleted" }).where("id", "=", trackId).execute();
    world.advance(5_000);
    expect(await listed()).toBe(false);
    for (const path of [`text/${trackId}.vtt`, `t/-/${PLAN_ID}/${trackId}.m3u8`, `t/-/${PLAN_ID}/${trackId}/0.vtt`]) {
      expect([path, (await world.get(`/${playbackId}/${path}`)).status]).toEqual([path, 404]);
    }
  });

  it("are listed with sound alone too", async () => {
    const { playbackId, assetId } = await publish(world, { plan: smallPlan({ video: [], pictureEnd: 0 }) });
    await publishText(world, assetId);
    expect((await world.get(`/${playbackId}.m3u8`)).body.toString()).toMatch(/STREAM-INF:.*SUBTITLES="subtitles"/);
  });

  it("answer 404 for other assets' tracks, other segments and other plans, 403 for wrong grants and signed ids", async () => {
    const [mine, other] = [await publish(world), await publish(world)];
    const trackId = await publishText(world, mine.assetId, { cues: CUES });
    const foreign = await publishText(world, other.assetId, { cues: CUES });
    const signed = await publish(world, { policy: "signed" });
    const secret = await publishText(world, signed.assetId);
    const statuses: [string, number][] = [
      [`/${mine.playbackId}/text/${foreign}.vtt`, 404],
      [`/${mine.playbackId}/text/${longId("nobodys")}.txt`, 404],
      [`/${mine.playbackId}/t/-/${PLAN_ID}/${foreign}.m3u8`, 404],
      [`/${mine.playbackId}/t/-/${PLAN_ID}/${foreign}.vtt`, 404],
      [`/${mine.playbackId}/t/-/${PLAN_ID}/${trackId}.vtt?asset_start_time=11`, 400],
      [`/${mine.playbackId}/t/-/${PLAN_ID}/${trackId}/4.vtt`, 404],
      [`/${mine.playbackId}/t/-/00000000000000aa/${trackId}/0.vtt`, 404],
      [`/${mine.playbackId}/t/abc/${PLAN_ID}/${trackId}/0.vtt`, 403],
      [`/${signed.playbackId}/text/${secret}.vtt`, 403],
      [`/${signed.playbackId}/t/-/${PLAN_ID}/${secret}.m3u8`, 403],
      [`/${signed.playbackId}/t/-/${PLAN_ID}/${secret}.vtt`, 403],
    ];
    for (const [path, status] of statuses) expect([path, (await world.get(path)).status]).toEqual([path, status]);
  });

  it("answer 503, never nothing, where captions are lost or damaged", async () => {
    const { playbackId, assetId } = await publish(world);
    const lost = await publishText(world, assetId, { name: "a", cues: null });
    const damaged = await publishText(world, assetId, { name: "b", cues: CUES });
    await truncate(await fileOf(world, captionsKey({ environment: ENVIRONMENT, assetId, trackId: damaged })), 10);
    for (const trackId of [lost, damaged]) {
      const got = await world.get(`/${playbackId}/t/-/${PLAN_ID}/${trackId}/0.vtt`);
      expect([got.status, errorOf(got).type]).toEqual([503, "unavailable"]);
    }
    expect(await world.metric("playhead_delivery_damaged_objects_total")).toBe(1);
  });
});
