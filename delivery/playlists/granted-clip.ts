import type { Clip } from "../../domain/media/clip.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { PlaybackError } from "../playback-error.ts";
import type { GrantedClip } from "../tokens/grants.ts";
import { CLIP_NAMES, MEDIA_TIME, readClip } from "./manifest-params.ts";

/** No asset is so long. */
const END_MS = 2 ** 40;

/**
 * `asset_start_time` and `asset_end_time` of a token. Null where it has neither; throws 400 for wrong values, of which an empty
 * one is one: it would open what was to be kept back.
 */
export function readGrantedClip(query: URLSearchParams): GrantedClip | null {
  const wrong = CLIP_NAMES.filter((name) => query.get(name) === "").map((name) => `${name} must be ${MEDIA_TIME}`);
  const { startSeconds, endSeconds } = readClip(query, wrong);
  if (wrong.length > 0) throw new PlaybackError("invalid_parameters", wrong);
  if (startSeconds === null && endSeconds === null) return null;
  const ms = (seconds: number): number => Math.round(seconds * 1_000);
  return { startMs: ms(startSeconds ?? 0), endMs: endSeconds === null ? END_MS : ms(endSeconds) };
}

/** Whether a segment shows some of the clip. By the plan's boundaries, so that sound and picture agree. */
export function isInClip({ boundaries, timescale }: Plan, segment: number, clip: GrantedClip | null): boolean {
  if (clip === null) return true;
  const [start = 0, end = 0] = boundaries.slice(segment, segment + 2);
  return (end / timescale) * 1_000 > clip.startMs && (start / timescale) * 1_000 < clip.endMs;
}

/** As playlists are cut by it. */
export function inSeconds({ startMs, endMs }: GrantedClip): Clip {
  return { startSeconds: startMs / 1_000, endSeconds: endMs === END_MS ? null : endMs / 1_000 };
}
