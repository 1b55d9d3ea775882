import { WHOLE } from "../../domain/media/clip.ts";
import { listedSegments } from "../../domain/media/listed-segments.ts";
import { type AudioRendition, type Plan, renditionBoundaries, type VideoRendition } from "../../domain/media/plan.ts";
import { TRICK_RENDITION } from "../../domain/media/trick-rendition.ts";
import { mediaPath } from "../route.ts";

/** The way from the folder of a media playlist to that of the playback id: out of plan, grant and `h`. */
export const UP = "../../..";

/**
 * The playlist of one rendition's segments (draft-pantos-hls-rfc8216bis §4.4.3). Segments that the rendition has nothing for
 * are left out: an EXTINF of 0 stops players; so are those outside a clip.
 */
export function mediaPlaylist(
  grant: string,
  plan: Plan,
  rendition: VideoRendition | AudioRendition,
  clip = WHOLE,
): string {
  const folder = `${UP}/${mediaPath(grant, plan.planId, rendition.name)}`;
  const { timescale } = renditionBoundaries(plan, rendition);
  const segments = listedSegments(plan, rendition, clip);
  const lines = extinfs(segments, timescale).flatMap((extinf, at) => [
    `#EXTINF:${extinf},`,
    `${folder}/${segments[at]?.segment}.m4s`,
  ]);
  const head = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${targetSeconds(plan)}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    // §4.4.3.6: each segment of the rendition for scrubbing is a single picture
    rendition.name === TRICK_RENDITION ? "#EXT-X-I-FRAMES-ONLY" : "#EXT-X-INDEPENDENT-SEGMENTS",
    `#EXT-X-MAP:URI="${folder}/init.mp4"`,
  ];
  return `${[...head, ...lines, "#EXT-X-ENDLIST"].join("\n")}\n`;
}

/** Ends are rounded, not lengths: the sum, which players show as the film's length, is right to a microsecond. */
export function extinfs(segments: readonly { start: number; end: number }[], timescale: number): string[] {
  const begin = segments[0]?.start ?? 0;
  const microseconds = (ticks: number): number => Math.round(((ticks - begin) / timescale) * 1e6);
  return segments.map(({ start, end }) => ((microseconds(end) - microseconds(start)) / 1e6).toFixed(6));
}

/**
 * The same in all playlists of an asset (§6.2.4), also of its clips, so that BANDWIDTH is over the same times: no EXTINF as
 * written, rounded to the nearest integer, exceeds it (§4.4.3.1).
 */
export function targetSeconds(plan: Plan): number {
  const all = [...plan.video.slice(0, 1), ...plan.audio].flatMap((rendition) =>
    extinfs(listedSegments(plan, rendition, WHOLE), renditionBoundaries(plan, rendition).timescale),
  );
  return all.reduce((most, extinf) => Math.max(most, Math.round(Number(extinf))), 1);
}
