import { z } from "zod";
import { MASTER_ACCESS } from "../../../domain/asset/master.ts";
import { MP4_SUPPORT, mp4Status } from "../../../domain/asset/mp4-support.ts";
import {
  ENCODING_TIERS,
  encodingTier,
  MAX_RESOLUTION_TIERS,
  PLAYBACK_POLICIES,
  VIDEO_QUALITIES,
} from "../../../domain/asset/settings-wire.ts";
import { isRecord } from "../../../domain/wire/peek-event.ts";
import { unixSeconds } from "../../http/unix-seconds.ts";
import type { AssetRecord, PlaybackIdRow, TrackRow } from "../assets.ts";
import { mp4FileToWire, StaticRenditionWire, staticRenditionToWire } from "./static-rendition-wire.ts";

export const PlaybackIdWire = z.object({ id: z.string(), policy: z.enum(PLAYBACK_POLICIES) });

/** A track as the API gives it (reference video-api.md §3.2). */
export const TrackWire = z.object({
  id: z.string(),
  type: z.enum(["video", "audio", "text"]),
  status: z.enum(["preparing", "ready", "errored", "deleted"]),
  duration: z.number().optional(),
  max_width: z.number().optional(),
  max_height: z.number().optional(),
  max_frame_rate: z.number().optional(),
  max_channels: z.number().optional(),
  primary: z.boolean().optional(),
  language_code: z.string().optional(),
  name: z.string().optional(),
  text_type: z.literal("subtitles").optional(),
  text_source: z.enum(["uploaded", "embedded", "generated_vod"]).optional(),
  closed_captions: z.boolean().optional(),
  passthrough: z.string().optional(),
  error: z.object({ type: z.string(), messages: z.array(z.string()) }).optional(),
});

const ProgressWire = z.object({
  state: z.enum(["ingesting", "transcoding", "completed", "errored"]),
  progress: z.number().describe("Percent; -1 when errored"),
});

/** What became of the shots that were asked for (reference video-api.md §3.2). */
export const ShotsWire = z.object({
  status: z.enum(["pending", "skipped"]),
  errors: z
    .object({ type: z.string(), messages: z.array(z.string()) })
    .optional()
    .describe("Why they are skipped"),
});

/** An asset as the API gives it (reference video-api.md §3.2). */
export const AssetWire = z.object({
  id: z.string(),
  created_at: z.string().describe("Unix seconds"),
  status: z.enum(["preparing", "ready", "errored"]),
  progress: ProgressWire,
  ingest_type: z.enum(["on_demand_url", "on_demand_direct_upload", "on_demand_clip"]),
  upload_id: z.string().optional(),
  source_asset_id: z.string().optional().describe("Of a clip: the asset that it is a stretch of"),
  encoding_tier: z.enum(ENCODING_TIERS),
  video_quality: z.enum(VIDEO_QUALITIES),
  max_resolution_tier: z.enum(MAX_RESOLUTION_TIERS),
  master_access: z.enum(MASTER_ACCESS),
  master: z
    .object({
      status: z.enum(["preparing", "ready", "errored"]),
      url: z.string().optional().describe("Serves for 24 hours; &download={file name} behind it has browsers save it"),
    })
    .optional()
    .describe("While master_access is temporary"),
  mp4_support: z.enum(MP4_SUPPORT),
  normalize_audio: z.boolean(),
  generate_shots: z.boolean().optional(),
  shots: ShotsWire.optional().describe(
    "With generate_shots: nothing looks for shots, so they are skipped once the asset is taken in",
  ),
  test: z.boolean().optional(),
  passthrough: z.string().optional(),
  thumbnail_time: z.number().optional().describe("Seconds: of a thumbnail that names no time"),
  meta: z.record(z.string(), z.string()).optional(),
  playback_ids: z.array(PlaybackIdWire),
  duration: z.number().optional().describe("Seconds"),
  aspect_ratio: z.string().optional(),
  resolution_tier: z.string().optional(),
  max_stored_resolution: z.string().optional(),
  max_stored_frame_rate: z.number().optional(),
  tracks: z.array(TrackWire).optional(),
  static_renditions: z
    .object({
      status: z.enum(["preparing", "ready", "errored"]).optional().describe("Of all files of mp4_support together"),
      files: z
        .array(StaticRenditionWire.partial({ id: true, status: true, type: true, resolution: true }))
        .describe("Those of mp4_support once they are ready, without id, status, type and resolution"),
    })
    .optional()
    .describe("If any were asked for"),
  non_standard_input_reasons: z.record(z.string(), z.string()).optional(),
  errors: z.object({ type: z.string(), messages: z.array(z.string()) }).optional(),
});
export type AssetWire = z.output<typeof AssetWire>;

/** Also checks what the database holds as JSON: it came from here, or from a transcoder through `apply-result.ts`. */
export function assetToWire(asset: AssetRecord): AssetWire {
  return AssetWire.parse({
    ...settingsToWire(asset),
    ...factsToWire(asset),
    id: asset.id,
    created_at: unixSeconds(asset.created_at),
    status: asset.status,
    progress: progressOf(asset),
    playback_ids: asset.playbackIds.map(playbackIdToWire),
    ...(asset.errors === null ? {} : { errors: asset.errors }),
  });
}

export function playbackIdToWire({
  id,
  policy,
}: Pick<PlaybackIdRow, "id" | "policy">): z.output<typeof PlaybackIdWire> {
  return { id, policy };
}

function settingsToWire(asset: AssetRecord) {
  return {
    ingest_type: asset.ingest_type,
    encoding_tier: encodingTier(asset.video_quality),
    video_quality: asset.video_quality,
    max_resolution_tier: asset.max_resolution_tier,
    master_access: asset.master === null ? "none" : "temporary",
    ...(asset.master !== null && { master: { status: asset.master.status, ...present("url", asset.master.url) } }),
    mp4_support: asset.mp4_support,
    normalize_audio: isRecord(asset.settings) && asset.settings["normalize_audio"] === true,
    ...(wantsShots(asset) ? { generate_shots: true, shots: shotsToWire(asset) } : {}),
    ...present("upload_id", asset.upload_id),
    ...present("source_asset_id", asset.source_asset_id),
    ...present("passthrough", asset.passthrough),
    ...present("thumbnail_time", asset.thumbnail_seconds),
    ...(Object.keys(asset.meta).length === 0 ? {} : { meta: asset.meta }),
    ...(asset.is_test ? { test: true } : {}),
  };
}

/** Whether the asset was made with `generate_shots: true`. */
export function wantsShots({ settings }: Pick<AssetRecord, "settings">): boolean {
  return isRecord(settings) && settings["generate_shots"] === true;
}

/** What became of the shots that were asked for. */
export function shotsToWire({ status }: Pick<AssetRecord, "status">): z.output<typeof ShotsWire> {
  if (status === "preparing") return { status: "pending" };
  const messages = ["This server does not look for shots; the asset itself is as it would be with them"];
  return { status: "skipped", errors: { type: "not_supported", messages } };
}

function factsToWire(asset: AssetRecord) {
  return {
    ...present("duration", asset.duration_seconds),
    ...present("aspect_ratio", asset.aspect_ratio),
    ...present("resolution_tier", asset.resolution_tier),
    ...present("max_stored_resolution", asset.max_stored_resolution),
    ...present("max_stored_frame_rate", asset.max_stored_frame_rate),
    ...present("non_standard_input_reasons", asset.non_standard_input_reasons),
    ...staticRenditionsToWire(asset),
    ...(asset.tracks.length === 0 ? {} : { tracks: asset.tracks.map(trackToWire) }),
  };
}

/** An asset has either those that were asked for one by one, or those of `mp4_support`. */
function staticRenditionsToWire({ status, mp4_support, staticRenditions }: AssetRecord) {
  if (mp4_support === "none") {
    return staticRenditions.length > 0 && { static_renditions: { files: staticRenditions.map(staticRenditionToWire) } };
  }
  const statuses = staticRenditions.map((file) => file.status);
  const ready = staticRenditions.filter((file) => file.status === "ready");
  return { static_renditions: { status: mp4Status(status, statuses), files: ready.map(mp4FileToWire) } };
}

function progressOf(asset: AssetRecord) {
  if (asset.status === "ready") return { state: "completed", progress: 100 };
  if (asset.status === "errored") return { state: "errored", progress: -1 };
  return asset.progress_state === "transcoding"
    ? { state: "transcoding", progress: asset.progress_percent ?? 0 }
    : { state: "ingesting", progress: 0 };
}

/** Also checks what the database holds as JSON. */
export function trackToWire(track: TrackRow): z.output<typeof TrackWire> {
  return TrackWire.parse({
    id: track.id,
    type: track.type,
    status: track.status,
    ...present("duration", track.duration_seconds),
    ...present("max_width", track.max_width),
    ...present("max_height", track.max_height),
    ...present("max_frame_rate", track.max_frame_rate),
    ...present("max_channels", track.max_channels),
    ...(track.is_primary ? { primary: true } : {}),
    ...present("language_code", track.language_code),
    ...present("name", track.name),
    ...present("text_type", track.text_type),
    ...present("text_source", track.text_source),
    ...present("closed_captions", track.closed_captions),
    ...present("passthrough", track.passthrough),
    ...present("error", track.error),
  });
}

function present<T>(key: string, value: T | null): Record<string, T> {
  return value === null ? {} : { [key]: value };
}
