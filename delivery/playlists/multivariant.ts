import type { Plan, VideoRendition } from "../../domain/media/plan.ts";
import { inStartOrder } from "../../domain/media/rendition-order.ts";
import { withinLimits } from "../../domain/media/resolution-class.ts";
import { mediaPlaylistPath } from "../route.ts";
import { type AudioGroup, audioGroups, audioMedia, groupFacts } from "./audio-groups.ts";
import type { ManifestParams } from "./manifest-params.ts";

export interface MultivariantFacts {
  playbackId: string;
  grant: string;
  plan: Plan;
  /** Whether `metadata.json` says anything. */
  hasTitle: boolean;
}

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
  const groups = audioGroups(plan);
  const isChoice = ordered.length > 0 || plan.audio.length > 1;
  for (const group of isChoice ? groups : []) {
    lines.push(...group.members.map((audio) => audioMedia(group, audio, uri(audio.name))));
  }
  // the renditions with the usual sound first: players that know nothing of channels begin with the first they read
  for (const group of groups.length > 0 ? groups : [null]) {
    for (const rendition of ordered) lines.push(videoVariant(rendition, group), uri(rendition.name));
    const [sound] = group?.members ?? [];
    if (group !== null && sound !== undefined && ordered.length === 0) {
      lines.push(audioVariant(group, isChoice), uri(sound.name));
    }
  }
  return `${lines.join("\n")}\n`;
}

/** BANDWIDTH and CODECS are those of everything that plays at once, sound included (RFC 8216 §4.3.4.2). */
function videoVariant(video: VideoRendition, group: AudioGroup | null): string {
  const audio = groupFacts(group);
  const attributes = [
    `BANDWIDTH=${video.peakBitrate + audio.peakBitrate}`,
    `AVERAGE-BANDWIDTH=${video.averageBitrate + audio.averageBitrate}`,
    `CODECS="${[video.codecs, ...audio.codecs].join(",")}"`,
    `RESOLUTION=${video.widthPx}x${video.heightPx}`,
  ];
  if (video.frameRate > 0) attributes.push(`FRAME-RATE=${video.frameRate.toFixed(3)}`);
  if (group !== null) attributes.push(`AUDIO="${group.id}"`);
  return `#EXT-X-STREAM-INF:${attributes.join(",")},CLOSED-CAPTIONS=NONE`;
}

/** Sound alone. Its own playlist is also the group's default, if there is a choice. */
function audioVariant(group: AudioGroup, isChoice: boolean): string {
  const { peakBitrate, averageBitrate, codecs } = groupFacts(group);
  const attributes = [
    `BANDWIDTH=${peakBitrate},AVERAGE-BANDWIDTH=${averageBitrate},CODECS="${codecs.join(",")}"`,
    ...(isChoice ? [`AUDIO="${group.id}"`] : []),
    "CLOSED-CAPTIONS=NONE",
  ];
  return `#EXT-X-STREAM-INF:${attributes.join(",")}`;
}
