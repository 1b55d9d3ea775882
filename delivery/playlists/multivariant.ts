import type { AudioRendition, Plan, VideoRendition } from "../../domain/media/plan.ts";
import { inStartOrder } from "../../domain/media/rendition-order.ts";
import { withinLimits } from "../../domain/media/resolution-class.ts";
import type { TextTrack } from "../playback-ids.ts";
import { mediaPlaylistPath } from "../route.ts";
import type { ManifestParams } from "./manifest-params.ts";
import { SUBTITLES_ATTRIBUTE, subtitleMedia } from "./subtitle-media.ts";

export interface MultivariantFacts {
  playbackId: string;
  grant: string;
  plan: Plan;
  /** Whether `metadata.json` says anything. */
  hasTitle: boolean;
  textTracks: readonly TextTrack[];
}

const AUDIO_GROUP = "audio";

/** The playlist of renditions (RFC 8216 §4.3.4). URIs are relative to the folder that holds the playback id. */
export function multivariantPlaylist(facts: MultivariantFacts, params: ManifestParams): string {
  const { playbackId, grant, plan } = facts;
  const uri = (rendition: string): string => `${playbackId}/${mediaPlaylistPath(grant, plan.planId, rendition)}`;
  const video = withinLimits(plan.video, params.limits);
  const ordered = params.order === "desc" ? video : inStartOrder(video);
  const lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"];
  // RFC 8216 §4.3.4.4; players fetch the title from there (reference video-api.md §8.5).
  if (facts.hasTitle) {
    lines.push(`#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="${playbackId}/metadata.json"`);
  }
  const [sound = null] = plan.audio;
  if (ordered.length > 0) lines.push(...plan.audio.map((audio, at) => audioMedia(audio, at, uri(audio.name))));
  lines.push(...subtitleMedia(facts, params.defaultSubtitlesLanguage));
  const text = facts.textTracks.length === 0 ? "" : SUBTITLES_ATTRIBUTE;
  for (const rendition of ordered) lines.push(videoVariant(rendition, sound) + text, uri(rendition.name));
  if (sound !== null && ordered.length === 0) lines.push(audioVariant(sound) + text, uri(sound.name));
  return `${lines.join("\n")}\n`;
}

/** @param at place in the group, whose names are all different (RFC 8216 §4.3.4.1.1) */
function audioMedia({ channels, language }: AudioRendition, at: number, uri: string): string {
  const attributes = [
    "TYPE=AUDIO",
    `GROUP-ID="${AUDIO_GROUP}"`,
    `NAME="${at === 0 ? "Audio" : `Audio ${at + 1}`}"`,
    ...(language === null ? [] : [`LANGUAGE="${language}"`]),
    `DEFAULT=${at === 0 ? "YES" : "NO"}`,
    "AUTOSELECT=YES",
    `CHANNELS="${channels}"`,
    `URI="${uri}"`,
  ];
  return `#EXT-X-MEDIA:${attributes.join(",")}`;
}

/** BANDWIDTH and CODECS are those of everything that plays at once, sound included (RFC 8216 §4.3.4.2). */
function videoVariant(video: VideoRendition, audio: AudioRendition | null): string {
  const attributes = [
    `BANDWIDTH=${video.peakBitrate + (audio?.peakBitrate ?? 0)}`,
    `AVERAGE-BANDWIDTH=${video.averageBitrate + (audio?.averageBitrate ?? 0)}`,
    `CODECS="${audio === null ? video.codecs : `${video.codecs},${audio.codecs}`}"`,
    `RESOLUTION=${video.widthPx}x${video.heightPx}`,
  ];
  if (video.frameRate > 0) attributes.push(`FRAME-RATE=${video.frameRate.toFixed(3)}`);
  if (audio !== null) attributes.push(`AUDIO="${AUDIO_GROUP}"`);
  return `#EXT-X-STREAM-INF:${attributes.join(",")},CLOSED-CAPTIONS=NONE`;
}

function audioVariant({ peakBitrate, averageBitrate, codecs }: AudioRendition): string {
  return `#EXT-X-STREAM-INF:BANDWIDTH=${peakBitrate},AVERAGE-BANDWIDTH=${averageBitrate},CODECS="${codecs}",CLOSED-CAPTIONS=NONE`;
}
