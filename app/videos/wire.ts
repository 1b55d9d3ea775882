import { z } from "zod";

/** Answers of the video API as they travel (reference §3.2, §4), read into our own names at once. */

const PlaybackIdWire = z.object({ id: z.string(), policy: z.string() });

const TrackWire = z
  .object({
    id: z.string(),
    type: z.string(),
    status: z.string().nullish(),
    max_width: z.number().nullish(),
    max_height: z.number().nullish(),
    max_frame_rate: z.number().nullish(),
    max_channels: z.number().nullish(),
    name: z.string().nullish(),
    language_code: z.string().nullish(),
  })
  .transform((wire) => ({
    id: wire.id,
    type: wire.type,
    widthPx: wire.max_width ?? null,
    heightPx: wire.max_height ?? null,
    frameRate: known(wire.max_frame_rate),
    channels: wire.max_channels ?? null,
    name: wire.name ?? null,
    languageCode: wire.language_code ?? null,
  }));

export const AssetWire = z
  .object({
    id: z.string(),
    status: z.enum(["preparing", "ready", "errored"]),
    /** Unix seconds as text. */
    created_at: z.coerce.number(),
    progress: z.object({ state: z.string(), progress: z.number() }).nullish(),
    meta: z.object({ title: z.string().nullish() }).nullish(),
    duration: z.number().nullish(),
    aspect_ratio: z.string().nullish(),
    resolution_tier: z.string().nullish(),
    max_stored_frame_rate: z.number().nullish(),
    playback_ids: z.array(PlaybackIdWire).nullish(),
    tracks: z.array(TrackWire).nullish(),
    errors: z.object({ type: z.string().nullish(), messages: z.array(z.string()).nullish() }).nullish(),
    ingest_type: z.string().nullish(),
    upload_id: z.string().nullish(),
    passthrough: z.string().nullish(),
    non_standard_input_reasons: z.record(z.string(), z.string()).nullish(),
  })
  .transform((wire) => ({
    id: wire.id,
    status: wire.status,
    createdAtMs: wire.created_at * 1_000,
    /** Null until the source has to be converted, which takes time. */
    convertedRatio: wire.progress?.state === "transcoding" ? wire.progress.progress / 100 : null,
    title: wire.meta?.title || null,
    durationSeconds: wire.duration ?? null,
    aspectRatio: wire.aspect_ratio ?? null,
    resolutionTier: wire.resolution_tier ?? null,
    frameRate: known(wire.max_stored_frame_rate),
    playbackIds: wire.playback_ids ?? [],
    tracks: wire.tracks ?? [],
    errors: wire.errors?.messages ?? [],
    ingestType: wire.ingest_type ?? null,
    uploadId: wire.upload_id ?? null,
    passthrough: wire.passthrough || null,
    nonStandardReasons: wire.non_standard_input_reasons ?? {},
  }));

export const AssetAnswer = z.object({ data: AssetWire }).transform(({ data }) => data);

export const AssetPageAnswer = z
  .object({ data: z.array(AssetWire), next_cursor: z.string().nullish() })
  .transform(({ data, next_cursor }) => ({ assets: data, nextCursor: next_cursor || null }));

export const PlaybackIdAnswer = z.object({ data: PlaybackIdWire }).transform(({ data }) => data);

export const UploadAnswer = z
  .object({
    data: z.object({
      id: z.string(),
      status: z.enum(["waiting", "asset_created", "errored", "cancelled", "timed_out"]),
      url: z.string().nullish(),
      asset_id: z.string().nullish(),
      error: z.object({ message: z.string().nullish() }).nullish(),
    }),
  })
  .transform(({ data }) => ({
    id: data.id,
    status: data.status,
    url: data.url ?? null,
    assetId: data.asset_id ?? null,
    error: data.error?.message ?? null,
  }));

export type Asset = z.output<typeof AssetWire>;
export type AssetTrack = Asset["tracks"][number];
export type AssetPage = z.output<typeof AssetPageAnswer>;
export type PlaybackId = z.output<typeof PlaybackIdWire>;
export type DirectUpload = z.output<typeof UploadAnswer>;

/** −1 is the wire's "unknown". */
function known(value: number | null | undefined): number | null {
  return value === null || value === undefined || value < 0 ? null : value;
}
