import { formatRatio } from "../../domain/format/format-ratio.ts";
import type { Asset, AssetTrack } from "./wire.ts";

/** How an asset is called where it has no title. */
export function nameOf({ title, id }: Pick<Asset, "title" | "id">): string {
  return title ?? `Video ${id.slice(0, 8)}`;
}

export type AssetStanding = "preparing" | "converting" | "ready" | "errored";

export function standingOf({ status, convertedRatio }: Pick<Asset, "status" | "convertedRatio">): AssetStanding {
  return status === "preparing" && convertedRatio !== null ? "converting" : status;
}

export function describeStanding(asset: Pick<Asset, "status" | "convertedRatio">): string {
  switch (standingOf(asset)) {
    case "preparing":
      return "Preparing";
    case "converting":
      return `Converting ${formatRatio(asset.convertedRatio)}`;
    case "ready":
      return "Ready";
    case "errored":
      return "Failed";
  }
}

/** `Public`, `Signed`, both, or that nobody can play it; null where nothing was made that could be played. */
export function describePolicies({ status, playbackIds }: Pick<Asset, "status" | "playbackIds">): string | null {
  if (status === "errored") return null;
  const policies = [...new Set(playbackIds.map(({ policy }) => capitalize(policy)))];
  return policies.length === 0 ? "Not playable" : policies.join(", ");
}

export function isSoundOnly({ resolutionTier }: Pick<Asset, "resolutionTier">): boolean {
  return resolutionTier === "audio-only";
}

/** Lines of the picture, across its shorter side; the API's tier, which begins at 720p, where they are not known. */
export function describeResolution(asset: Pick<Asset, "resolutionTier" | "tracks">): string | null {
  if (isSoundOnly(asset)) return "Audio only";
  const { widthPx, heightPx } = asset.tracks.find(({ type }) => type === "video") ?? {};
  return widthPx && heightPx ? `${Math.min(widthPx, heightPx)}p` : asset.resolutionTier;
}

const WIDESCREEN_RATIO = 16 / 9;
/** Beyond these a player has no room for its controls; such a film gets bars. */
const NARROWEST_RATIO = 9 / 16;
const WIDEST_RATIO = 3;

/** Width ÷ height of the place in which a video is shown. */
export function stageRatio({ aspectRatio }: Pick<Asset, "aspectRatio">): number {
  const [width = Number.NaN, height = Number.NaN] = (aspectRatio ?? "").split(":").map(Number);
  const ratio = width / height;
  return ratio > 0 ? Math.min(WIDEST_RATIO, Math.max(NARROWEST_RATIO, ratio)) : WIDESCREEN_RATIO;
}

export function describeTrack(track: AssetTrack): string {
  const parts = {
    video: [`${track.widthPx ?? "?"} × ${track.heightPx ?? "?"}`, track.frameRate && `${track.frameRate} fps`],
    audio: [nameOfTrack(track), track.channels && describeChannels(track.channels)],
  }[track.type] ?? [nameOfTrack(track)];
  return [capitalize(track.type), ...parts.filter(Boolean)].join(", ");
}

const INGEST_TYPES: Record<string, string> = {
  on_demand_url: "From a URL",
  on_demand_direct_upload: "Direct upload",
  on_demand_clip: "Clip of another video",
  live_rtmp: "Live stream (RTMP)",
  live_srt: "Live stream (SRT)",
};

export function describeIngest(ingestType: string): string {
  return INGEST_TYPES[ingestType] ?? ingestType;
}

const REASONS: Record<string, string> = {
  video_codec: "video codec",
  audio_codec: "audio codec",
  video_gop_size: "distance of key frames",
  video_frame_rate: "frame rate",
  video_resolution: "resolution",
  video_bitrate: "bitrate",
  pixel_aspect_ratio: "pixel aspect ratio",
  video_edit_list: "edit list of the video",
  audio_edit_list: "edit list of the audio",
  unsupported_pixel_format: "pixel format",
  unexpected_media_file_parameters: "parameters of the file",
};

/** Why the source had to be converted first: `video codec: vp9`. */
export function describeReason(key: string, value: string): string {
  return `${REASONS[key] ?? key}: ${value}`;
}

/** Times of pictures spread evenly, each in the middle of its part: the first and last moment are often black. */
export function pictureTimes(durationSeconds: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, part) => ((part + 0.5) * durationSeconds) / count);
}

/** A sound track of a file that names none is called "Default", its language "und": neither says anything. */
function nameOfTrack({ name, languageCode }: AssetTrack): string | null {
  const told = name === "Default" ? null : name;
  return told ?? (languageCode === "und" ? null : languageCode);
}

function describeChannels(channels: number): string {
  return { 1: "mono", 2: "stereo", 6: "5.1" }[channels] ?? `${channels} channels`;
}

function capitalize(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
