import type { BucketWire, CurrentWire, StartupTimeWire } from "./socket-wire.ts";

/** What the store answers for a bucket, a breakdown value or the whole. */
export interface Sums {
  concurrent_viewers: number;
  starting_up_viewers: number;
  watched_ms: number;
  rebuffered_ms: number;
  start_attempts: number;
  startup_failures: number;
  exits_before_start: number;
  playback_failures: number;
  /** bit/s, of the viewers that play a rendition of known bitrate, and how many they are. */
  bitrate_sum: number;
  bitrate_viewers: number;
  started: number;
  startup_median_ms: number | null;
  startup_p95_ms: number | null;
}

export const NO_SUMS: Sums = {
  concurrent_viewers: 0,
  starting_up_viewers: 0,
  watched_ms: 0,
  rebuffered_ms: 0,
  start_attempts: 0,
  startup_failures: 0,
  exits_before_start: 0,
  playback_failures: 0,
  bitrate_sum: 0,
  bitrate_viewers: 0,
  started: 0,
  startup_median_ms: null,
  startup_p95_ms: null,
};

/** The monitoring metrics of data-api.md §7 from their sums; null where nothing was there to measure. */
export function measure(sums: Sums): CurrentWire {
  return {
    current_concurrent_viewers: sums.concurrent_viewers,
    starting_up_viewers: sums.starting_up_viewers,
    current_rebuffering_percentage: ratio(sums.rebuffered_ms, sums.watched_ms),
    video_startup_time: startupTime(sums),
    video_startup_failure_percentage: ratio(sums.startup_failures, sums.start_attempts),
    exits_before_video_start: ratio(sums.exits_before_start, sums.start_attempts),
    current_average_bitrate: sums.bitrate_viewers > 0 ? sums.bitrate_sum / sums.bitrate_viewers : null,
    // who just failed counts among the viewers they failed from
    playback_failure_percentage: ratio(sums.playback_failures, sums.concurrent_viewers + sums.playback_failures),
  };
}

export function toBucket(startMs: number, open: boolean, sums: Sums): BucketWire {
  const { starting_up_viewers: _, ...measures } = measure(sums);
  return { start: startMs, open, ...measures };
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(1, part / whole) : null;
}

function startupTime(sums: Sums): StartupTimeWire | null {
  const { startup_median_ms: medianMs, startup_p95_ms: p95Ms, started } = sums;
  if (medianMs === null || p95Ms === null || started === 0) return null;
  return { median_ms: medianMs, p95_ms: p95Ms, count: started };
}
