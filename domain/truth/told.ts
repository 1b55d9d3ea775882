import type { FieldValue } from "../wire/decode-events.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Fractions: 1 is twice as large, or nothing left. */
export const LARGEST_UPSCALE = 1_000;
export const LARGEST_DOWNSCALE = 1;

/** More than this nobody can have measured (docs/view-record.md). Milliseconds, bit/s, pixels, fractions. */
const LIMITS: Readonly<Record<string, number>> = {
  video_source_bitrate: 4_000_000_000,
  video_source_width: 65_536,
  video_source_height: 65_536,
  view_max_upscale_percentage: LARGEST_UPSCALE,
  view_max_downscale_percentage: LARGEST_DOWNSCALE,
  view_total_content_playback_time: 366 * DAY_MS,
  page_load_time: DAY_MS,
  player_startup_time: DAY_MS,
  view_aggregate_startup_time: DAY_MS,
  view_startup_preroll_request_time: DAY_MS,
  view_startup_preroll_load_time: DAY_MS,
  view_average_request_latency: DAY_MS,
  view_max_request_latency: DAY_MS,
  view_average_request_throughput: 100_000_000_000,
  view_preroll_request_count: 20_000,
  view_ad_played_count: 20_000,
};

/** What a client measured: null where it told nothing, no number, a negative one, or one that is out of this world. */
export function told(name: string, value: FieldValue | undefined): number | null {
  if (typeof value !== "number" || value < 0) return null;
  return value <= (LIMITS[name] ?? Infinity) ? value : null;
}

/** The mean scale of a picture, and the sum that it was made of. */
export interface Scaling {
  mean: number | null;
  total: number;
}

/** A sum that even the largest scale would not come to in that time is no sum. */
export function scaling(total: number, contentMs: number, largest: number): Scaling {
  if (total > contentMs * largest) return { mean: null, total: 0 };
  return { mean: contentMs > 0 ? total / contentMs : null, total };
}
