import type { Plan } from "../../domain/media/plan.ts";
import { type TextOfPlan, textPath } from "../route.ts";

/** The way from the folder of a text playlist to that of the playback id: out of plan, grant and `t`. */
const UP = "../../..";

/** The playlist of a text track: segments on the plan's boundaries, to the end of the longest track (RFC 8216 §3.5). */
export function textPlaylist({ grant, trackId }: Pick<TextOfPlan, "grant" | "trackId">, plan: Plan): string {
  const { boundaries, timescale, planId } = plan;
  const folder = `${UP}/${textPath(grant, planId, trackId)}`;
  const microseconds = (ticks: number): number => Math.round((ticks / timescale) * 1e6);
  // ends are rounded, not lengths, as in the playlists of media
  const lengths = boundaries
    .slice(1)
    .map((end, at) => ((microseconds(end) - microseconds(boundaries[at] ?? 0)) / 1e6).toFixed(6));
  return `${[
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${Math.max(1, ...lengths.map((length) => Math.round(Number(length))))}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    ...lengths.flatMap((length, segment) => [`#EXTINF:${length},`, `${folder}/${segment}.vtt`]),
    "#EXT-X-ENDLIST",
  ].join("\n")}\n`;
}
