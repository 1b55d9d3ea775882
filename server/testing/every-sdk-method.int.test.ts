import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiWorld, startApiWorld } from "./api-world.ts";

/** Status of the answer, and what the method is called with. */
type Expected = [status: number, args: (ids: Ids) => readonly unknown[]];
/** Of things that the world has or that a method before made. */
type Ids = Record<string, string>;

const none = () => [];
const by = (...names: string[]) => {
  return (ids: Ids): unknown[] => names.map((name) => ids[name] ?? name);
};
const byAnd = (names: readonly string[], body: unknown) => {
  return (ids: Ids): unknown[] => [...by(...names)(ids), body];
};
const NEW_ASSET = { inputs: [{ url: "https://example.com/film.mp4" }], playback_policies: ["public"] };
const USER_AGENTS = { allow_no_user_agent: false, allow_high_risk_user_agent: true };
const DOMAINS = { referrer: { allowed_domains: ["example.com"] } };

/** Every method of the newest SDK's video and system resources, in an order in which each finds what it needs. */
const ANSWERS: Readonly<Record<string, Expected>> = {
  "video.assets.create": [201, () => [NEW_ASSET]],
  "video.assets.list": [200, none],
  "video.assets.retrieve": [200, by("asset_id")],
  "video.assets.update": [200, byAnd(["asset_id"], { passthrough: "p", thumbnail_time: 1 })],
  "video.assets.retrieveInputInfo": [200, by("asset_id")],
  "video.assets.createPlaybackId": [201, byAnd(["asset_id"], { policy: "signed" })],
  "video.assets.retrievePlaybackId": [200, by("asset_id", "playback_id")],
  "video.assets.createTrack": [
    201,
    byAnd(["asset_id"], { url: "https://example.com/de.srt", type: "text", language_code: "de" }),
  ],
  "video.assets.updateTrack": [200, byAnd(["asset_id", "track_id"], { name: "English" })],
  "video.assets.generateSubtitles": [
    201,
    byAnd(["asset_id", "audio_track_id"], { generated_subtitles: [{ language_code: "en", name: "Heard" }] }),
  ],
  "video.assets.updateMasterAccess": [200, byAnd(["asset_id"], { master_access: "temporary" })],
  "video.assets.createStaticRendition": [201, byAnd(["asset_id"], { resolution: "highest" })],
  "video.assets.generateShots": [201, by("asset_id")],
  "video.assets.retrieveShots": [200, by("asset_id")],
  "video.assets.deleteShots": [204, by("asset_id")],
  "video.assets.deleteThumbnailTime": [204, by("asset_id")],
  "video.assets.deleteTrack": [204, by("asset_id", "track_id")],
  "video.assets.deleteStaticRendition": [204, by("asset_id", "static_rendition_id")],
  "video.assets.updateMP4Support": [200, byAnd(["asset_id"], { mp4_support: "none" })],
  "video.deliveryUsage.list": [200, none],
  "video.liveStreams.create": [403, () => [{}]],
  "video.liveStreams.list": [200, none],
  "video.liveStreams.retrieve": [404, by("stream")],
  "video.liveStreams.update": [404, byAnd(["stream"], {})],
  "video.liveStreams.delete": [404, by("stream")],
  "video.liveStreams.createPlaybackId": [404, byAnd(["stream"], {})],
  "video.liveStreams.retrievePlaybackId": [404, by("stream", "id")],
  "video.liveStreams.deletePlaybackId": [404, by("stream", "id")],
  "video.liveStreams.resetStreamKey": [404, by("stream")],
  "video.liveStreams.complete": [404, by("stream")],
  "video.liveStreams.disable": [404, by("stream")],
  "video.liveStreams.enable": [404, by("stream")],
  "video.liveStreams.updateEmbeddedSubtitles": [404, byAnd(["stream"], {})],
  "video.liveStreams.updateGeneratedSubtitles": [404, byAnd(["stream"], {})],
  "video.liveStreams.createSimulcastTarget": [404, byAnd(["stream"], { url: "rtmp://example.com/app" })],
  "video.liveStreams.retrieveSimulcastTarget": [404, by("stream", "target")],
  "video.liveStreams.deleteSimulcastTarget": [404, by("stream", "target")],
  "video.liveStreams.updateNewAssetSettingsStaticRenditions": [404, byAnd(["stream"], { static_renditions: [] })],
  "video.liveStreams.deleteNewAssetSettingsStaticRenditions": [404, by("stream")],
  "video.playbackIds.retrieve": [200, by("playback_id")],
  "video.playbackRestrictions.create": [201, () => [{ ...DOMAINS, user_agent: {} }]],
  "video.playbackRestrictions.list": [200, none],
  "video.playbackRestrictions.retrieve": [200, by("playback_restriction_id")],
  "video.playbackRestrictions.updateReferrer": [200, byAnd(["playback_restriction_id"], DOMAINS.referrer)],
  "video.playbackRestrictions.updateUserAgent": [200, byAnd(["playback_restriction_id"], USER_AGENTS)],
  "video.playbackRestrictions.delete": [204, by("playback_restriction_id")],
  "video.transcriptionVocabularies.create": [201, () => [{ phrases: ["x"] }]],
  "video.transcriptionVocabularies.list": [200, none],
  "video.transcriptionVocabularies.retrieve": [200, by("transcription_vocabulary_id")],
  "video.transcriptionVocabularies.update": [200, byAnd(["transcription_vocabulary_id"], { phrases: ["y"] })],
  "video.transcriptionVocabularies.delete": [204, by("transcription_vocabulary_id")],
  "video.uploads.create": [201, () => [{ cors_origin: "*" }]],
  "video.uploads.list": [200, none],
  "video.uploads.retrieve": [200, by("upload_id")],
  "video.uploads.cancel": [200, by("upload_id")],
  "video.drmConfigurations.list": [200, none],
  "video.drmConfigurations.retrieve": [404, by("configuration")],
  "video.playback.hls": [200, by("playback_id")],
  "video.playback.staticRendition": [200, byAnd(["playback_id"], "highest.mp4")],
  "video.playback.thumbnail": [200, byAnd(["playback_id"], "jpg")],
  "video.playback.animated": [200, byAnd(["playback_id"], "gif")],
  "video.playback.storyboard": [200, byAnd(["playback_id"], "png")],
  "video.playback.storyboardVtt": [200, by("playback_id")],
  "video.playback.storyboardMeta": [200, by("playback_id")],
  "video.playback.track": [200, by("playback_id", "track_id")],
  "video.playback.transcript": [200, by("playback_id", "track_id")],
  "video.assets.deletePlaybackId": [204, by("asset_id", "playback_id")],
  "video.assets.delete": [204, by("asset_id")],
  "system.signingKeys.create": [201, none],
  "system.signingKeys.list": [200, none],
  "system.signingKeys.retrieve": [200, by("signing_key_id")],
  "system.signingKeys.delete": [204, by("signing_key_id")],
  "system.webhooks.create": [201, () => [{ address: "https://example.com/another" }]],
  "system.webhooks.list": [200, none],
  "system.webhooks.retrieve": [200, by("webhook_id")],
  "system.webhooks.update": [200, byAnd(["webhook_id"], { enabled: false })],
  "system.webhooks.delete": [204, by("webhook_id")],
  "system.utilities.whoami": [200, none],
  "system.usageExports.list": [200, none],
};

const delivery = createServer((request, response) => {
  response.writeHead(200, { "x-asked": request.url ?? "", "content-type": "text/plain" }).end("played");
});
let world: ApiWorld;
let mux: Mux;

beforeAll(async () => {
  await new Promise<void>((resolve) => delivery.listen(0, "127.0.0.1", resolve));
  const { port } = delivery.address() as AddressInfo; // of a TCP server that listens
  world = await startApiWorld({ deliveryUrl: `http://127.0.0.1:${port}` });
  mux = new Mux({ ...world.server.token, baseURL: world.server.origin, maxRetries: 0 });
});
afterAll(async () => {
  await world.server.stop();
  await new Promise((resolve) => delivery.close(resolve));
});

/** Names of all methods of a resource and of those in it, as `mux.` begins them. */
function methodsOf(resource: object, name: string): string[] {
  const own = Object.getOwnPropertyNames(Object.getPrototypeOf(resource)).filter((method) => method !== "constructor");
  const inside = Object.entries(resource).filter(([key, value]) => key !== "_client" && typeof value === "object");
  return [
    ...own.map((method) => `${name}.${method}`),
    ...inside.flatMap(([key, value]) => methodsOf(value as object, `${name}.${key}`)),
  ];
}

type Call = (...args: readonly unknown[]) => { asResponse(): Promise<Response> };

/** What the SDK's method is answered, also where it throws it as an error. */
async function callOf(method: string, args: readonly unknown[]): Promise<{ status: number; headers: Headers }> {
  const path = method.split(".");
  const owner = path.slice(0, -1).reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], mux);
  const call = (owner as Record<string, Call>)[path.at(-1) ?? ""];
  try {
    const answer = await call?.apply(owner, [...args]).asResponse();
    if (answer === undefined) throw new Error(`the SDK has no ${method}`);
    return answer;
  } catch (error) {
    if (!(error instanceof Mux.APIError)) throw error;
    expect(error.error, method).toHaveProperty("error.messages");
    return { status: error.status, headers: error.headers };
  }
}

const unasked = new Mux({ tokenId: "x", tokenSecret: "x" });
const RESOURCES = { video: unasked.video, system: unasked.system };
const ALL = Object.entries(RESOURCES).flatMap(([name, resource]) => methodsOf(resource, name));

describe("the newest SDK", () => {
  it("has no method of video and system but those below", () => {
    expect(ALL.length).toBeGreaterThan(70);
    expect(ALL.toSorted()).toEqual(Object.keys(ANSWERS).sort());
  });

  it.each(Object.entries(ANSWERS))("mux.%s is answered", async (method, [status, args]) => {
    const answer = await callOf(method, args(world.ids));
    expect([method, answer.status]).toEqual([method, status]);
    if (method.startsWith("video.playback.")) expect(answer.headers.get("x-asked")).toContain(world.ids["playback_id"]);
  });

  it("is told by every method of robots that there are none", async () => {
    const methods = methodsOf(unasked.robots, "robots");
    expect(methods.length).toBeGreaterThan(30);
    for (const method of methods) {
      const args = ["a", "b", {}].slice(0, method.endsWith(".create") && !method.includes(".runs.") ? 1 : 2);
      const answer = await callOf(method, args);
      expect([method, answer.status]).toEqual([method, 404]);
    }
  });
});
