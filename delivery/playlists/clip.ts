import type { Clip as PlaylistClip } from "../../domain/media/clip.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { PlaybackError } from "../playback-error.ts";
import type { Clip } from "../tokens/grants.ts";

const SECONDS = /^\d{1,7}(\.\d{0,9})?$/;
/** No asset is so long. */
const END_MS = 2 ** 40;

/** `asset_start_time` and `asset_end_time` of a token. Null where it has neither; throws 400 for wrong values. */
export function readClip(query: URLSearchParams): Clip | null {
  const [start, end] = [query.get("asset_start_time"), query.get("asset_end_time")];
  if (start === null && end === null) return null;
  const wrong: string[] = [];
  const startMs = start === null ? 0 : milliseconds("asset_start_time", start, wrong);
  const endMs = end === null ? END_MS : milliseconds("asset_end_time", end, wrong);
  if (wrong.length === 0 && startMs >= endMs) wrong.push("asset_end_time must be after asset_start_time");
  if (wrong.length > 0) throw new PlaybackError("invalid_parameters", wrong);
  return { startMs, endMs };
}

function milliseconds(name: string, text: string, wrong: string[]): number {
  if (!SECONDS.test(text)) wrong.push(`${name} must be seconds from 0, such as 12.5`);
  return Math.round(Number(text) * 1_000);
}

/** Whether a segment shows some of the clip. By the plan's boundaries, so that sound and picture agree. */
export function isInClip({ boundaries, timescale }: Plan, segment: number, clip: Clip | null): boolean {
  if (clip === null) return true;
  const [start = 0, end = 0] = boundaries.slice(segment, segment + 2);
  return (end / timescale) * 1_000 > clip.startMs && (start / timescale) * 1_000 < clip.endMs;
}

/** As playlists are cut by it. */
export function inSeconds({ startMs, endMs }: Clip): PlaylistClip {
  return { startSeconds: startMs / 1_000, endSeconds: endMs === END_MS ? null : endMs / 1_000 };
}
