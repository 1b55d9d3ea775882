import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type Mux from "@mux/mux-node";
import type Mux9 from "mux-node-9";
import type Mux12 from "mux-node-12";
import type Mux14 from "mux-node-14";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { checkSignedToken } from "../../platform/tokens/signed-token.ts";
import { findSigningKey } from "../auth/signing-keys.ts";
import { sourceOf } from "../video/uploads.ts";
import { createFirstTenant } from "./tenant.ts";
import { startTestServer, type TestServer } from "./test-server.ts";
import { applyOutcomeNow, result } from "./video.ts";
import { NEWER_SDKS, VIDEO_SDKS } from "./video-sdks.ts";

/** As every client is promised it. */
type Asset = Mux.Video.Asset & Mux14.Video.Asset & Mux12.Video.Asset & Mux9.Video.Asset;
type Upload = Mux.Video.Upload & Mux14.Video.Upload & Mux12.Video.Upload & Mux9.Video.Upload;

const delivery = createServer((request, response) => {
  response.writeHead(200, { "x-asked": request.url ?? "", "content-type": "text/plain" }).end("played");
});
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
  await new Promise<void>((resolve) => delivery.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => delivery.close(resolve));
  await postgres.stop();
});

/** A server of the client's own, and what stands in for a transcoder. */
async function startFor<Client>(open: (options: { tokenId: string; tokenSecret: string; baseURL: string }) => Client) {
  const { port } = delivery.address() as AddressInfo; // of a TCP server that listens
  const server = await startTestServer({
    databaseUrl: await postgres.createTestDatabase(),
    deliveryUrl: `http://127.0.0.1:${port}`,
    startMs: Date.now(),
  });
  const first = await createFirstTenant(server.db);
  const options = { tokenId: first.tokenId, tokenSecret: first.tokenSecret, baseURL: await server.listen() };
  const becomeReady = (assetId: string) => applyOutcomeNow(server, result(first.environmentId, assetId));
  return { server, options, first, client: open(options), becomeReady };
}

/** Ids of all pages. */
async function idsOf(pages: AsyncIterable<{ id?: string }>): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  for await (const { id } of pages) ids.push(id);
  return ids;
}

const gone = { status: 404 };

describe.each(VIDEO_SDKS)("@mux/mux-node $major", ({ Sdk, open }) => {
  let world: Awaited<ReturnType<typeof startFor<ReturnType<typeof open>>>>;
  let server: TestServer;
  beforeAll(async () => {
    world = await startFor<ReturnType<typeof open>>(open);
    server = world.server;
  });
  afterAll(() => server.stop());

  async function readyAsset(): Promise<string> {
    const { id } = await world.client.createAsset();
    await world.becomeReady(id);
    return id;
  }

  it("makes assets, sees one become ready as it is typed, changes it, lists all and deletes", async () => {
    const { mux, createAsset, assets } = world.client;
    const created = await createAsset();
    expect(created).toMatchObject({ status: "preparing", playback_ids: [{ policy: "public" }] });
    await world.becomeReady(created.id);
    const { tracks, ...ready } = await mux.video.assets.retrieve(created.id);
    expect(ready).toEqual({
      ...{ id: created.id, created_at: created.created_at, status: "ready", duration: 40.04, aspect_ratio: "16:9" },
      ...{ max_stored_resolution: "FHD", resolution_tier: "1080p", max_stored_frame_rate: 25, master_access: "none" },
      ...{ encoding_tier: "baseline", video_quality: "basic", max_resolution_tier: "1080p", mp4_support: "none" },
      ...{ normalize_audio: false, ingest_type: "on_demand_url", progress: { state: "completed", progress: 100 } },
      playback_ids: created.playback_ids ?? [],
    } satisfies Asset);
    expect(tracks?.map(({ type }) => type).sort()).toEqual(["audio", "video"]);
    expect((await mux.video.assets.update(created.id, { passthrough: "changed" })).passthrough).toBe("changed");
    expect((await mux.video.assets.retrieveInputInfo(created.id))[0]?.file?.container_format).toBe("mp4");

    const made = [created.id];
    for (let n = 0; n < 4; n += 1) made.push((await createAsset()).id);
    expect((await idsOf(assets({ limit: 2 }))).sort()).toEqual(made.sort());
    await mux.video.assets.delete(created.id);
    await expect(mux.video.assets.retrieve(created.id)).rejects.toThrow(Sdk.NotFoundError);
  });

  it("throws errors of its own classes", async () => {
    const { mux } = world.client;
    const nothing = { cors_origin: "*", timeout: 1 };
    await expect(mux.video.uploads.create(nothing)).rejects.toThrow(Sdk.BadRequestError);
    const wrong = open({ ...world.options, tokenSecret: "wrong" });
    await expect(wrong.createAsset()).rejects.toThrow(Sdk.AuthenticationError);
  });

  it("creates uploads and lists them to the end, sends a file to one and cancels another", async () => {
    const { mux, createUpload, uploads, assets } = world.client;
    const made: { id: string; url?: string }[] = [];
    for (let n = 0; n < 3; n += 1) {
      made.push(await createUpload());
      server.advance(1); // those of one millisecond come in any order
    }
    expect(await idsOf(uploads())).toEqual(made.map(({ id }) => id).reverse());
    const [sent, cancelled] = made;
    expect((await fetch(sent?.url ?? "", { method: "PUT", body: Buffer.alloc(1_000, 7) })).status).toBe(200);
    const upload = await mux.video.uploads.retrieve(sent?.id ?? "");
    const { new_asset_settings, asset_id = "", ...rest } = upload;
    expect(rest).toEqual({
      ...{ id: upload.id, status: "asset_created", timeout: 3_600, cors_origin: "*" },
    } satisfies Omit<Upload, "url"> & { url?: string });
    expect(new_asset_settings).toMatchObject({ passthrough: "p" });
    expect(await mux.video.assets.retrieve(asset_id)).toMatchObject({
      ...{ upload_id: upload.id, passthrough: "p", playback_ids: [{ policy: "signed" }] },
    });
    expect(await idsOf(assets({ upload_id: upload.id }))).toEqual([asset_id]);
    const row = await server.db.selectFrom("uploads").selectAll().where("id", "=", upload.id).executeTakeFirstOrThrow();
    expect((await server.services.objects.head(sourceOf(row).key))?.sizeBytes).toBe(1_000);

    expect((await mux.video.uploads.cancel(cancelled?.id ?? "")).status).toBe("cancelled");
    expect((await mux.video.uploads.retrieve(cancelled?.id ?? "")).status).toBe("cancelled");
    await expect(mux.video.uploads.cancel(upload.id)).rejects.toBeInstanceOf(Sdk.APIError);
  });

  it("adds, finds and deletes playback ids", async () => {
    const { video } = world.client.mux;
    const { id: assetId } = await world.client.createAsset();
    const { id = "", policy } = await video.assets.createPlaybackId(assetId, { policy: "signed" });
    expect(policy).toBe("signed");
    expect(await video.assets.retrievePlaybackId(assetId, id)).toEqual({ id, policy: "signed" });
    expect((await video.playbackIds.retrieve(id)).object).toEqual({ id: assetId, type: "asset" });
    await video.assets.deletePlaybackId(assetId, id);
    await expect(video.playbackIds.retrieve(id)).rejects.toMatchObject(gone);
    expect((await video.assets.retrieve(assetId)).playback_ids).toHaveLength(1);
  });

  it("adds a text track, has another written down, and deletes one", async () => {
    const { assets } = world.client.mux.video;
    const assetId = await readyAsset();
    const captions = { url: "https://example.com/de.vtt", type: "text", language_code: "de", name: "Deutsch" } as const;
    const track = await assets.createTrack(assetId, { ...captions, text_type: "subtitles", closed_captions: true });
    const { url: _, ...shown } = captions;
    expect(track).toMatchObject({ ...shown, status: "preparing", text_source: "uploaded", closed_captions: true });
    const { tracks = [] } = await assets.retrieve(assetId);
    const sound = tracks.find(({ type }) => type === "audio");
    const generated_subtitles = [{ language_code: "en" as const, name: "Written", passthrough: "p" }];
    const written = await assets.generateSubtitles(assetId, sound?.id ?? "", { generated_subtitles });
    expect(written).toMatchObject([{ name: "Written", text_source: "generated_vod", status: "preparing" }]);
    await assets.deleteTrack(assetId, track.id ?? "");
    const left = (await assets.retrieve(assetId)).tracks?.filter(({ type }) => type === "text");
    expect(left?.map(({ id }) => id)).toEqual(written.map(({ id }) => id));
  });

  it("asks for MP4 files and for the master, and takes both back", async () => {
    const { assets } = world.client.mux.video;
    const assetId = await readyAsset();
    const withFiles = await assets.updateMP4Support(assetId, { mp4_support: "audio-only,capped-1080p" });
    expect(withFiles.mp4_support).toBe("audio-only,capped-1080p");
    expect((await assets.retrieve(assetId)).static_renditions).toEqual({ status: "preparing", files: [] });
    expect((await assets.updateMP4Support(assetId, { mp4_support: "none" })).static_renditions).toBeUndefined();

    const asked = await assets.updateMasterAccess(assetId, { master_access: "temporary" });
    expect([asked.master_access, asked.master?.status]).toEqual(["temporary", "preparing"]);
    expect((await assets.updateMasterAccess(assetId, { master_access: "none" })).master_access).toBe("none");
  });

  it("creates, lists, changes and deletes playback restrictions", async () => {
    const { playbackRestrictions } = world.client.mux.video;
    const made: string[] = [];
    for (const domain of ["a.example", "b.example", "c.example"]) {
      const { id } = await playbackRestrictions.create({
        referrer: { allowed_domains: [domain] },
        user_agent: { allow_no_user_agent: true, allow_high_risk_user_agent: false },
      });
      made.push(id);
    }
    expect((await idsOf(world.client.restrictions())).sort()).toEqual([...made].sort());
    const [id = ""] = made;
    const referrer = { allowed_domains: ["*.example.com"], allow_no_referrer: true };
    await playbackRestrictions.updateReferrer(id, referrer);
    const user_agent = { allow_no_user_agent: false, allow_high_risk_user_agent: true };
    await playbackRestrictions.updateUserAgent(id, user_agent);
    expect(await playbackRestrictions.retrieve(id)).toMatchObject({ id, referrer, user_agent });
    await playbackRestrictions.delete(id);
    await expect(playbackRestrictions.retrieve(id)).rejects.toMatchObject(gone);
  });

  it("creates, lists, changes and deletes transcription vocabularies", async () => {
    const { transcriptionVocabularies } = world.client.mux.video;
    const made: string[] = [];
    for (const name of ["one", "two", "three"])
      made.push((await transcriptionVocabularies.create({ name, phrases: ["Playhead"], passthrough: "p" })).id);
    expect((await idsOf(world.client.vocabularies())).sort()).toEqual([...made].sort());
    const [id = ""] = made;
    await transcriptionVocabularies.update(id, { name: "changed", phrases: ["CMAF", "HLS"] });
    expect(await transcriptionVocabularies.retrieve(id)).toMatchObject({ name: "changed", phrases: ["CMAF", "HLS"] });
    await transcriptionVocabularies.delete(id);
    await expect(transcriptionVocabularies.retrieve(id)).rejects.toMatchObject(gone);
  });

  it("creates, lists and deletes signing keys, whose playback tokens of every type check out", async () => {
    const { mux, sign, signSeveral, signingKeys } = world.client;
    const { signingKeys: keys } = mux.system;
    const others = [(await keys.create()).id, (await keys.create()).id];
    const { id: keyId, private_key: keySecret = "" } = await keys.create();
    expect((await idsOf(signingKeys())).sort()).toEqual([...others, keyId].sort());
    const { id: playbackId = "" } = (await world.client.createAsset()).playback_ids?.[0] ?? {};
    const check = (token = "", audience = "v") =>
      checkSignedToken(token, {
        audiences: [audience],
        subject: playbackId,
        findKey: (id) => findSigningKey(server.db, id),
        nowMs: Date.now(),
      });
    const key = { keyId, keySecret };
    const audiences = { video: "v", thumbnail: "t", gif: "g", storyboard: "s" };
    for (const type of ["video", "thumbnail", "gif", "storyboard"] as const)
      expect(await check(await sign(playbackId, key, type), audiences[type])).toMatchObject({ kind: "valid" });
    const several = await signSeveral(playbackId, key);
    expect(await check(several["playback-token"])).toMatchObject({ kind: "valid" });
    expect(await check(several["thumbnail-token"], "t")).toMatchObject({ kind: "valid", claims: { time: "3" } });
    expect(await check(several["storyboard-token"], "s")).toMatchObject({ kind: "valid" });
    await keys.delete(keyId);
    expect(await check(several["playback-token"])).toEqual({ kind: "refused", reason: "unknown_key" });
    await expect(keys.retrieve(keyId)).rejects.toMatchObject(gone);
  });
});

describe.each(NEWER_SDKS)("@mux/mux-node $major, where 9 had nothing", ({ open }) => {
  let world: Awaited<ReturnType<typeof startFor<ReturnType<typeof open>>>>;
  beforeAll(async () => {
    world = await startFor<ReturnType<typeof open>>(open);
  });
  afterAll(() => world.server.stop());

  it("knows who it is", async () => {
    expect(await world.client.mux.system.utilities.whoami()).toMatchObject({
      environment_id: world.first.environmentId,
      environment_name: world.first.environmentName,
    });
  });

  it("names assets, and makes and deletes static renditions of one", async () => {
    const { assets } = world.client.mux.video;
    const { id, meta } = await world.client.created("A film");
    expect(meta?.title).toBe("A film");
    expect((await assets.update(id, { meta: { creator_id: "ada" } })).meta).toMatchObject({ creator_id: "ada" });
    await world.becomeReady(id);
    const made = await assets.createStaticRendition(id, { resolution: "720p", passthrough: "p" });
    expect(made).toMatchObject({ name: "720p.mp4", status: "preparing", passthrough: "p" });
    expect((await assets.retrieve(id)).static_renditions?.files?.map((file) => file.id)).toEqual([made.id]);
    await assets.deleteStaticRendition(id, made.id ?? "");
    expect((await assets.retrieve(id)).static_renditions).toBeUndefined();
  });

  it("is led to delivery by every method that plays, token and all", async () => {
    const { id = "" } = (await world.client.createAsset()).playback_ids?.[0] ?? {};
    const { hls, file, thumbnail, animated, storyboard } = world.client.played(id, "abc");
    const answers = await Promise.all([hls, file, thumbnail, animated, storyboard]);
    expect(answers.map(({ headers }) => headers.get("x-asked")?.replace("TOKEN", "token"))).toEqual(
      [".m3u8", "/audio.m4a", "/thumbnail.webp", "/animated.gif", "/storyboard.png"].map(
        (path) => `/${id}${path}?token=abc`,
      ),
    );
    for (const answer of answers) expect(await answer.text()).toBe("played");
  });
});
