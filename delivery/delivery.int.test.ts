import { createHash } from "node:crypto";
import { truncate } from "node:fs/promises";
import { parse, type types } from "hls-parser";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startTestPostgres, type TestPostgres } from "../platform/postgres/testing.ts";
import { PLAN_ID, smallPlan } from "./testing/plans.ts";
import { ENVIRONMENT, longId, publish } from "./testing/publish.ts";
import { errorOf, fileOf } from "./testing/read-back.ts";
import { openWorld, planKeyOf, segmentPath, type World } from "./testing/world.ts";

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

describe("playlists", () => {
  it("lead from the playback id to every segment", async () => {
    await world.start();
    const asset = await publish(world, { title: "A film" });
    world.makeAll();
    const first = await world.get(`/${asset.playbackId}.m3u8`, { headers: { accept: "application/binary" } });
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "cache-control": "private, max-age=60",
      "content-type": "application/vnd.apple.mpegurl",
    });
    const multivariant = parse(first.body.toString()) as types.MasterPlaylist;
    const same = (await world.get(`/${asset.playbackId}`)).body.toString();
    const withoutView = (text: string): string => text.replaceAll(/vsid=[\w-]{16}/g, "");
    expect(withoutView(same)).toBe(withoutView(first.body.toString()));
    expect(same).not.toBe(first.body.toString());
    const base = `http://localhost/${asset.playbackId}.m3u8`;
    const metadata = new URL(multivariant.sessionDataList[0]?.uri ?? "", base);
    expect((await world.get(metadata.pathname)).body.toString()).toContain("A film");
    const uris = [...multivariant.variants.map(({ uri }) => uri), multivariant.variants[0]?.audio[0]?.uri ?? ""];
    for (const uri of uris) {
      const child = new URL(uri, base);
      const playlist = await world.get(child.pathname + child.search);
      expect(playlist.headers["cache-control"]).toBe("private, max-age=60");
      expect((await world.get(child.pathname)).headers["cache-control"]).toBe("public, max-age=60");
      const { segments } = parse(playlist.body.toString()) as types.MediaPlaylist;
      const media = [segments[0]?.map?.uri ?? "", ...segments.map((segment) => segment.uri)];
      for (const part of media) {
        const { pathname, search } = new URL(part, child);
        expect(search).toBe(pathname.endsWith("init.mp4") ? "" : child.search);
        const got = await world.get(pathname + search);
        expect(got.status).toBe(200);
        expect(got.headers).toMatchObject({
          "cache-control": "public, max-age=31536000, immutable",
          "content-type": uri.includes("audio") ? "audio/mp4" : "video/mp4",
          etag: `"${createHash("sha256").update("made").digest("hex")}"`,
        });
      }
    }
  });

  it("answer HEAD like GET without the body, 304 to who has it, and preflights", async () => {
    await world.start();
    const { playbackId } = await publish(world);
    const whole = await world.get(`/${playbackId}.m3u8`);
    const head = await world.get(`/${playbackId}.m3u8`, { method: "HEAD" });
    expect(head.body).toHaveLength(0);
    expect(head.headers["content-length"]).toBe(String(whole.body.length));
    const etag = String(whole.headers.etag);
    expect(etag).toMatch(/^W\/"[0-9a-f]{64}"$/);
    for (const known of [etag, `"x", ${etag}`, etag.slice(2), "*"]) {
      const again = await world.get(`/${playbackId}.m3u8`, { headers: { "if-none-match": known } });
      expect([again.status, again.body.length]).toEqual([304, 0]);
      expect(again.headers).toMatchObject({ etag, "access-control-allow-origin": "*" });
    }
    expect((await world.get(`/${playbackId}.m3u8`, { headers: { "if-none-match": '"x"' } })).status).toBe(200);
    const preflight = await world.get("/anything", {
      method: "OPTIONS",
      headers: { "access-control-request-headers": "range" },
    });
    expect([preflight.status, preflight.headers["access-control-allow-headers"]]).toEqual([204, "range"]);
    expect((await world.get(`/${playbackId}.m3u8`, { method: "POST" })).status).toBe(405);
  });

  it("are also there for DASH, over the same segments", async () => {
    await world.start();
    const { playbackId } = await publish(world);
    world.makeAll();
    const manifest = await world.get(`/${playbackId}.mpd?max_resolution=720p`);
    expect([manifest.status, manifest.headers["content-type"]]).toEqual([200, "application/dash+xml"]);
    const [, template = ""] = /media="([^"]+)"/.exec(manifest.body.toString()) ?? [];
    const segment = `/${template.replace("$RepresentationID$", "720p").replace("$Number$", "3")}`;
    const [path, view] = segment.split("?vsid=");
    expect([path, view]).toEqual([segmentPath(playbackId, 3), expect.stringMatching(/^[\w-]{16}$/)]);
    expect((await world.get(segment)).status).toBe(200);
    await vi.waitFor(() => expect(world.delivered.map(({ session }) => session)).toEqual([view]));

    // each viewer has a view of his own, over an equivalent manifest
    expect(manifest.headers["cache-control"]).toBe("private, max-age=60");
    const etag = String(manifest.headers.etag);
    expect(etag).toMatch(/^W\//);
    const other = await world.get(`/${playbackId}.mpd?max_resolution=720p`);
    expect([other.headers.etag, other.body.toString().includes(view ?? "")]).toEqual([etag, false]);
  });

  it("of a clip list its segments, and are refused beyond the asset's end", async () => {
    await world.start();
    const { playbackId } = await publish(world);
    const query = "asset_start_time=3&asset_end_time=7";
    const { variants } = parse(
      (await world.get(`/${playbackId}.m3u8?${query}`)).body.toString(),
    ) as types.MasterPlaylist;
    const child = await world.get(`/${variants[0]?.uri}`);
    const { segments } = parse(child.body.toString()) as types.MediaPlaylist;
    expect(segments.map(({ uri }) => /\d+\.m4s/.exec(uri)?.[0])).toEqual(["1.m4s", "2.m4s"]);
    const whole = await world.get(`/${playbackId}/h/-/${PLAN_ID}/720p.m3u8`);
    expect((parse(whole.body.toString()) as types.MediaPlaylist).segments).toHaveLength(4);
    for (const extension of ["m3u8", "mpd"]) {
      const beyond = await world.get(`/${playbackId}.${extension}?asset_start_time=10.01`);
      expect([beyond.status, errorOf(beyond).message]).toEqual([400, expect.stringContaining("asset_start_time")]);
    }
  });

  it("have one for scrubbing, of single pictures, and one of thumbnails", async () => {
    await world.start();
    const { playbackId, assetId } = await publish(world);
    world.makeAll();
    const trick = await world.get(`/${playbackId}/h/-/${PLAN_ID}/trick.m3u8`);
    expect((parse(trick.body.toString()) as types.MediaPlaylist).isIFrame).toBe(true);
    expect((await world.get(segmentPath(playbackId, 2, "trick"))).status).toBe(200);
    expect(world.transcoder.asked).toMatchObject([{ kind: "segment", assetId, rendition: "trick", segment: 2 }]);
    const images = await world.get(`/${playbackId}/h/-/${PLAN_ID}/images.m3u8`);
    const uris = images.body
      .toString()
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(uris).toEqual(
      ["0", "2.002", "4.004", "8.008"].map((time) => `../../../thumbnail.jpg?time=${time}&width=320`),
    );
    const url = new URL(uris[1] ?? "", `http://localhost/${playbackId}/h/-/${PLAN_ID}/images.m3u8`);
    expect((await world.get(url.pathname + url.search)).status).toBe(200);
  });

  it("of an old plan stay playable after a new one, as long as it is stored", async () => {
    await world.start();
    const { playbackId, assetId } = await publish(world);
    const old = smallPlan({ planId: "00000000000000aa" });
    expect((await world.get(`/${playbackId}/h/-/${old.planId}/720p.m3u8`)).status).toBe(404);
    await world.objects.put(planKeyOf(assetId, old.planId), Buffer.from(JSON.stringify(old)));
    expect((await world.get(`/${playbackId}/h/-/${old.planId}/720p.m3u8`)).status).toBe(200);
  });
});

describe("statuses", () => {
  it("400 for a malformed id or parameter", async () => {
    await world.start();
    const { playbackId } = await publish(world);
    expect(errorOf(await world.get("/short.m3u8")).type).toBe("invalid_parameters");
    const wrong = await world.get(`/${playbackId}.m3u8?max_resolution=4k`);
    expect([wrong.status, errorOf(wrong).message]).toEqual([400, expect.stringContaining("max_resolution")]);
    const image = await world.get(`/${playbackId}/thumbnail.jpg?rotate=45&width=0`);
    expect([image.status, errorOf(image).message]).toEqual([400, expect.stringMatching(/rotate.*width/)]);
  });

  it("404 for what does not exist, was deleted, or is not in the plan", async () => {
    await world.start();
    const asset = await publish(world);
    const deleted = await publish(world);
    await world.postgres
      .updateTable("playback_ids")
      .set({ deleted_at: new Date() })
      .where("id", "=", deleted.playbackId)
      .execute();
    const paths = [
      `/${longId("nobody")}.m3u8`,
      `/${deleted.playbackId}.m3u8`,
      segmentPath(deleted.playbackId),
      `/${asset.playbackId}/h/-/${PLAN_ID}/480p.m3u8`,
      segmentPath(asset.playbackId, 4),
      segmentPath(asset.playbackId, 3, "audio"),
      segmentPath(asset.playbackId, 0, "constructor"),
    ];
    for (const path of paths) {
      const got = await world.get(path);
      expect([path, got.status, errorOf(got).type]).toEqual([path, 404, "not_found"]);
    }
    expect(world.transcoder.asked).toEqual([]);
  });

  it("403 for signed ids without a token, for tokens on public ones, and for grants that nobody gave", async () => {
    await world.start();
    const open = await publish(world);
    const signed = await publish(world, { policy: "signed" });
    const missing = await world.get(`/${signed.playbackId}.m3u8`);
    expect([missing.status, errorOf(missing).message]).toEqual([403, expect.stringContaining("token is missing")]);
    for (const path of [
      `/${signed.playbackId}.m3u8?token=a.b.c`,
      `/${signed.playbackId}/thumbnail.jpg?TOKEN=a.b.c`,
      `/${open.playbackId}.m3u8?token=a.b.c`,
      `/${open.playbackId}.m3u8?TOKEN=`,
      `/${open.playbackId}/thumbnail.jpg?token=a`,
      segmentPath(signed.playbackId),
      segmentPath(open.playbackId).replace("/s/-/", "/s/abc/"),
    ]) {
      const got = await world.get(path);
      expect([path, got.status, errorOf(got).type]).toEqual([path, 403, "forbidden"]);
    }
  });

  it("412 while the asset is not ready, with its own sentence when it never will be", async () => {
    await world.start();
    const preparing = await world.get(`/${(await publish(world, { status: "preparing" })).playbackId}.m3u8`);
    expect([preparing.status, errorOf(preparing).message]).toEqual([412, "The asset is not ready yet"]);
    const errored = await world.get(`/${(await publish(world, { status: "errored" })).playbackId}/thumbnail.jpg`);
    expect([errored.status, errorOf(errored).message]).toEqual([412, expect.stringContaining("errored")]);
  });

  it("503, never 404, where the plan of a ready asset is missing or damaged", async () => {
    await world.start();
    const missing = await publish(world, { plan: null });
    expect((await world.get(`/${missing.playbackId}.m3u8`)).status).toBe(503);
    expect((await world.get(segmentPath(missing.playbackId))).status).toBe(503);
    const damaged = await publish(world);
    await truncate(await fileOf(world, planKeyOf(damaged.assetId)), 10);
    expect((await world.get(`/${damaged.playbackId}.m3u8`)).status).toBe(503);
  });
});

describe("thumbnails", () => {
  it("are made once, and kept", async () => {
    await world.start();
    const { playbackId, assetId } = await publish(world);
    world.makeAll(Buffer.from("picture"));
    const path = `/${playbackId}/thumbnail.webp?width=16&height=16&time=3.5`;
    const first = await world.get(path, { headers: { accept: "image/jpeg" } });
    expect([first.status, first.body.toString()]).toEqual([200, "picture"]);
    expect(first.headers).toMatchObject({
      "content-type": "image/webp",
      "cache-control": "public, max-age=86400",
      "access-control-allow-origin": "*",
    });
    await world.get(path);
    expect(world.transcoder.asked).toEqual([
      {
        kind: "image",
        environment: ENVIRONMENT,
        assetId,
        planId: PLAN_ID,
        format: "webp",
        timeSeconds: 3.5,
        widthPx: 16,
        heightPx: 16,
        fitMode: "preserve",
        rotateDegrees: 0,
        flipH: false,
        flipV: false,
      },
    ]);
  });
});
