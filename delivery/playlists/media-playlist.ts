import { type AudioRendition, type Plan, segmentSeconds, type VideoRendition } from "../../domain/media/plan.ts";
import { mediaPath } from "../route.ts";
import type { Clip } from "../tokens/grants.ts";
import { isInClip } from "./clip.ts";

/** The way from the folder of a media playlist to that of the playback id: out of plan, grant and `h`. */
const UP = "../../..";

/**
 * The playlist of one rendition's segments (RFC 8216 §4.3.3). Segments that the rendition has nothing for are left out: an
 * EXTINF of 0 stops players; so are those outside a clip.
 */
export function mediaPlaylist(
  grant: string,
  plan: Plan,
  rendition: VideoRendition | AudioRendition,
  clip: Clip | null = null,
): string {
  const folder = `${UP}/${mediaPath(grant, plan.planId, rendition.name)}`;
  const lines: string[] = [];
  let targetSeconds = 1;
  let endSeconds = 0;
  segmentSeconds(plan, rendition).forEach((seconds, segment) => {
    if (seconds <= 0 || !isInClip(plan, segment, clip)) return;
    const before = toMicroseconds(endSeconds);
    endSeconds += seconds;
    // Ends are rounded, not lengths: the sum, which players show as the film's length, is right to a microsecond.
    const extinf = ((toMicroseconds(endSeconds) - before) / 1e6).toFixed(6);
    lines.push(`#EXTINF:${extinf},`, `${folder}/${segment}.m4s`);
    // RFC 8216 §4.3.3.1: no EXTINF, as written and rounded to the nearest integer, may exceed it.
    targetSeconds = Math.max(targetSeconds, Math.round(Number(extinf)));
  });
  const head = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    `#EXT-X-MAP:URI="${folder}/init.mp4"`,
  ];
  return `${[...head, ...lines, "#EXT-X-ENDLIST"].join("\n")}\n`;
}

function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6);
}
