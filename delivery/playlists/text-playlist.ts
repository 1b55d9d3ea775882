import { type Clip, clippedSegments } from "../../domain/media/clip.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { type TextOfPlan, textPath } from "../route.ts";
import { extinfs, targetSeconds, UP } from "./media-playlist.ts";

/** The playlist of a text track: segments on the plan's boundaries, to the end of the longest track (RFC 8216 §3.5). */
export function textPlaylist(
  { grant, trackId }: Pick<TextOfPlan, "grant" | "trackId">,
  plan: Plan,
  clip: Clip,
): string {
  const { boundaries, timescale, planId } = plan;
  const folder = `${UP}/${textPath(grant, planId, trackId)}`;
  const { first, end } = clippedSegments(plan, clip) ?? { first: 0, end: 0 };
  const segments = boundaries
    .slice(first, end)
    .map((start, at) => ({ start, end: boundaries[first + at + 1] ?? start }));
  const lengths = extinfs(segments, timescale);
  const longest = lengths.reduce((most, length) => Math.max(most, Math.round(Number(length))), targetSeconds(plan));
  return `${[
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${longest}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    ...lengths.flatMap((length, at) => [`#EXTINF:${length},`, `${folder}/${first + at}.vtt`]),
    "#EXT-X-ENDLIST",
  ].join("\n")}\n`;
}
