import type { CurrentWire } from "./socket-wire.ts";

/**
 * One monitoring metric (data-api.md §7): a quotient of two expressions over the sums of `SUMS`, or a count where `whole` is
 * null. `video-startup-time` is none of these: it is a histogram.
 */
export interface LiveMetric {
  /** Of the Data API, with dashes. */
  id: string;
  title: string;
  unit: "count" | "ratio" | "bits_per_second";
  /** Which direction is better; null where neither is. */
  better: "higher" | "lower" | null;
  part: string;
  whole: string | null;
  /** The socket's name of it: what `measure` calls the same number. */
  measure: Exclude<keyof CurrentWire, "video_startup_time">;
}

export const LIVE_METRICS: readonly LiveMetric[] = [
  {
    id: "current-concurrent-viewers",
    title: "Current Concurrent Viewers (CCV)",
    unit: "count",
    better: null,
    part: "concurrent_viewers",
    whole: null,
    measure: "current_concurrent_viewers",
  },
  {
    id: "current-rebuffering-percentage",
    title: "Current Rebuffering Percentage",
    unit: "ratio",
    better: "lower",
    part: "rebuffered_ms",
    whole: "watched_ms",
    measure: "current_rebuffering_percentage",
  },
  {
    id: "exits-before-video-start",
    title: "Exits Before Video Start by start attempts",
    unit: "ratio",
    better: "lower",
    part: "exits_before_start",
    whole: "start_attempts",
    measure: "exits_before_video_start",
  },
  {
    id: "playback-failure-percentage",
    title: "Playback Failures by CCV",
    unit: "ratio",
    better: "lower",
    part: "playback_failures",
    whole: "concurrent_viewers + playback_failures",
    measure: "playback_failure_percentage",
  },
  {
    id: "current-average-bitrate",
    title: "Current Average Bitrate",
    unit: "bits_per_second",
    better: "higher",
    part: "bitrate_sum",
    whole: "bitrate_viewers",
    measure: "current_average_bitrate",
  },
  {
    id: "video-startup-failure-percentage",
    title: "Video Startup Failures by start attempts",
    unit: "ratio",
    better: "lower",
    part: "startup_failures",
    whole: "start_attempts",
    measure: "video_startup_failure_percentage",
  },
];

/** The histogram beside {@link LIVE_METRICS}. */
export const STARTUP_METRIC = { id: "video-startup-time", title: "Video Startup Time", unit: "milliseconds" } as const;

/** Value of one group of beats; null where nothing was there to measure. */
export function liveValueSql({ part, whole }: LiveMetric): string {
  return whole === null ? part : `if(${whole} > 0, least(${part} / (${whole}), ${ceiling(whole)}), NULL)`;
}

/** Sums of neighbouring beats may differ by rounding: no share is above 1. */
function ceiling(whole: string): string {
  return whole === "bitrate_viewers" ? "inf" : "1";
}
