import { afterAll, expect, it } from "vitest";
import { z } from "zod";
import type { StaticOutcome } from "../../domain/asset/static-renditions.ts";
import type { TrackOutcome } from "../../domain/asset/text-track.ts";
import { masterKey } from "../../domain/media/object-keys.ts";
import { startSdkWorld } from "../testing/sdk-world.ts";
import { applyOutcomeNow, eventsOf, READY, result } from "../testing/video.ts";
import { settleUploadTask } from "../uploads/settle-upload.ts";
import { applyMasterTask } from "./apply-master.ts";
import { applyStaticTask } from "./apply-static.ts";
import { applyTrackResultTask } from "./apply-track-result.ts";
import { AssetWire, TrackWire } from "./v1/asset-wire.ts";
import { StaticRenditionWire } from "./v1/static-rendition-wire.ts";
import { UploadWire } from "./v1/upload-wire.ts";

const whole = z.string().min(1);
const Asset = AssetWire.strict();
const Track = TrackWire.extend({ asset_id: whole }).strict();
const File = StaticRenditionWire.extend({ asset_id: whole }).strict();
const Shots = z.discriminatedUnion("status", [
  z.strictObject({ status: z.literal("pending"), asset_id: whole }),
  z.strictObject({
    status: z.literal("skipped"),
    asset_id: whole,
    errors: z.strictObject({ type: z.literal("not_supported"), messages: z.array(whole) }),
  }),
]);
const Upload = UploadWire.strict();

/** Every type of on-demand video but those of shots that somebody found and of warnings, with what its `data` is (reference video-api.md §7.5). */
const DATA: Readonly<Record<string, z.ZodType>> = {
  ...types("video.asset.", ["created", "ready", "errored", "updated", "deleted", "non_standard_input_detected"], Asset),
  ...types("video.asset.static_rendition.", ["created", "ready", "errored", "deleted", "skipped"], File),
  ...types("video.asset.static_renditions.", ["preparing", "ready", "deleted", "errored"], Asset),
  ...types("video.asset.master.", ["preparing", "ready", "deleted", "errored"], Asset),
  ...types("video.asset.track.", ["created", "ready", "errored", "deleted"], Track),
  ...types("video.asset.shots.", ["created", "skipped"], Shots),
  ...types("video.upload.", ["created", "asset_created", "cancelled", "errored"], Upload),
};

function types(prefix: string, names: readonly string[], data: z.ZodType): Record<string, z.ZodType> {
  return Object.fromEntries(names.map((name) => [`${prefix}${name}`, data]));
}

const context = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
const input = { inputs: [{ url: "https://example.com/a.mp4" }] };
const error = { type: "invalid_input" as const, messages: ["The file is empty."] };
const made: StaticOutcome = {
  ...{ kind: "ready", planId: "0123456789abcdef", widthPx: 1280, heightPx: 720 },
  ...{ bitrate: 2_400_000, sizeBytes: 5_000_000 },
};

const { server, environment, mux, stop } = await startSdkWorld();
afterAll(() => stop());

const becomes = (assetId: string, outcome = READY) => applyOutcomeNow(server, result(environment, assetId, outcome));
const track = (assetId: string, trackId: string, outcome: TrackOutcome) =>
  applyTrackResultTask(server.services)({ environment, assetId, trackId, outcome }, context);

/** A file by its resolution, or the only one that `mp4_support` made. */
async function file(assetId: string, resolution: string, outcome: StaticOutcome): Promise<void> {
  const row = await server.db
    .selectFrom("static_renditions")
    .select("id")
    .where("asset_id", "=", assetId)
    .where("resolution", "=", resolution)
    .where("deleted_at", "is", null)
    .executeTakeFirstOrThrow();
  await applyStaticTask(server.services)({ environment, assetId, id: row.id, outcome }, context);
}

async function master(assetId: string, kind: "ready" | "errored"): Promise<void> {
  const { id: masterId } = await server.db
    .selectFrom("masters")
    .select("id")
    .where("asset_id", "=", assetId)
    .where("deleted_at", "is", null)
    .executeTakeFirstOrThrow();
  const ref = { environment, assetId, masterId };
  const outcome = kind === "ready" ? { kind, objectKey: masterKey(ref) } : { kind };
  await applyMasterTask(server.services)({ ...ref, outcome }, context);
}

async function liveOfAssets(): Promise<void> {
  const one = await mux.video.assets.create({ ...input, generate_shots: true, playback_policies: ["public"] });
  await becomes(one.id, { kind: "non_standard", reasons: { video_codec: "vp9" } });
  await becomes(one.id);
  await mux.video.assets.update(one.id, { passthrough: "x" });
  for (const resolution of ["1080p", "audio-only", "720p"] as const)
    await mux.video.assets.createStaticRendition(one.id, { resolution });
  await file(one.id, "1080p", made);
  await file(one.id, "audio-only", { kind: "errored" });
  await file(one.id, "720p", { kind: "skipped" });
  const { static_renditions } = await mux.video.assets.retrieve(one.id);
  await mux.video.assets.deleteStaticRendition(one.id, static_renditions?.files?.[0]?.id ?? "");
  await mux.video.assets.updateMasterAccess(one.id, { master_access: "temporary" });
  await master(one.id, "ready");
  await mux.video.assets.updateMasterAccess(one.id, { master_access: "none" });
  await mux.video.assets.updateMasterAccess(one.id, { master_access: "temporary" });
  await master(one.id, "errored");
  await mux.video.assets.delete(one.id);
  const unreadable = await mux.video.assets.create(input);
  await becomes(unreadable.id, { kind: "errored", error });
}

async function liveOfOlderFiles(): Promise<void> {
  for (const outcome of [made, { kind: "errored" } as const]) {
    const { id } = await mux.video.assets.create({ ...input, mp4_support: "capped-1080p" });
    await becomes(id);
    await file(id, "capped-1080p", outcome);
    await mux.video.assets.updateMP4Support(id, { mp4_support: "none" });
  }
}

async function liveOfTracks(): Promise<void> {
  const { id } = await mux.video.assets.create(input);
  await becomes(id);
  const text = { type: "text", text_type: "subtitles", url: "https://example.com/a.srt" } as const;
  const [one, other] = [
    await mux.video.assets.createTrack(id, { ...text, language_code: "en" }),
    await mux.video.assets.createTrack(id, { ...text, language_code: "de" }),
  ];
  await track(id, one.id ?? "", { kind: "ready" });
  await track(id, other.id ?? "", { kind: "errored", error });
  await mux.video.assets.deleteTrack(id, one.id ?? "");
}

async function liveOfUploads(): Promise<void> {
  const create = () => mux.video.uploads.create({ cors_origin: "*", timeout: 60 });
  const sent = await create();
  await fetch(sent.url ?? "", { method: "PUT", body: "film" });
  await mux.video.uploads.cancel((await create()).id);
  const forgotten = await create();
  server.advance(3_600_000);
  await settleUploadTask(server.services)({ environment, uploadId: forgotten.id }, context);
}

it("tells everything that can happen, each with the resource as the API gives it", async () => {
  await liveOfAssets();
  await liveOfOlderFiles();
  await liveOfTracks();
  await liveOfUploads();
  const told = await eventsOf(server);
  expect([...new Set(told.map(({ type }) => type))].sort()).toEqual(Object.keys(DATA).sort());
  const wrong = told.filter(({ type, data }) => DATA[type]?.safeParse(data).success !== true);
  expect(wrong).toEqual([]);
  expect(
    told.filter(({ type, object_id, data }) => "id" in data && !type.includes("rendition.") && data.id !== object_id),
  ).toEqual([]);
});
