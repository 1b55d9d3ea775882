import type { Measurement } from "./metric.ts";

/** One number of a comparison. */
export interface ComparedItem {
  /** As people read it. */
  name: string;
  metric: string;
  measurement: Measurement;
}

/** A score and the numbers behind it. */
export interface ComparedScore {
  score: ComparedItem;
  items: readonly ComparedItem[];
}

/** Sizes of a slice: field of the API's answer → number. */
export const COMPARED_TOTALS: Readonly<Record<string, ComparedItem>> = {
  view_count: { name: "Views", metric: "views", measurement: "count" },
  watch_time: { name: "Watch Time", metric: "watch_time", measurement: "sum" },
  started_views: { name: "Started Views", metric: "views", measurement: "count" },
  ended_views: { name: "Ended Views", metric: "ended_views", measurement: "count" },
  unique_viewers: { name: "Unique Viewers", metric: "unique_viewers", measurement: "count" },
  total_playing_time: { name: "Total Playing Time", metric: "playing_time", measurement: "sum" },
};

/** Each score of a slice with its numbers, in the order of the API's answer (data-api.md §2.1). */
export const COMPARED_SCORES: readonly ComparedScore[] = [
  { score: average("Overall Score", "viewer_experience_score"), items: [] },
  {
    score: average("Playback Success Score", "playback_success_score"),
    items: [
      average("Playback Failure Percentage", "playback_failure_percentage"),
      average("Video Startup Failure Percentage", "video_startup_failure_percentage"),
    ],
  },
  {
    score: average("Startup Time Score", "startup_time_score"),
    items: [
      ...spread("Video Startup Time", "video_startup_time"),
      ...spread("Player Startup Time", "player_startup_time"),
      ...spread("Page Load Time", "page_load_time"),
      ...spread("Aggregate Startup Time", "aggregate_startup_time"),
      average("Seek Latency", "seek_latency"),
      average("Exits Before Video Start", "exits_before_video_start"),
    ],
  },
  {
    score: average("Smoothness Score", "rebuffer_score"),
    items: [
      average("Rebuffer Percentage", "rebuffer_percentage"),
      average("Rebuffer Frequency", "rebuffer_frequency"),
      ...spread("Rebuffer Duration", "rebuffer_duration"),
      ...spread("Rebuffer Count", "rebuffer_count"),
    ],
  },
  {
    score: average("Video Quality Score", "video_quality_score"),
    items: [
      ...spread("Upscale Percentage", "upscale_percentage"),
      average("Upscale Percentage (average)", "upscale_percentage"),
      ...spread("Downscale Percentage", "downscale_percentage"),
      average("Downscale Percentage (average)", "downscale_percentage"),
      ...spread("Max Upscale Percentage", "max_upscale_percentage"),
      ...spread("Max Downscale Percentage", "max_downscale_percentage"),
    ],
  },
];

function average(name: string, metric: string): ComparedItem {
  return { name, metric, measurement: "avg" };
}

function spread(name: string, metric: string): ComparedItem[] {
  return [
    { name: `${name} (median)`, metric, measurement: "median" },
    { name: `${name} (95th %)`, metric, measurement: "95th" },
  ];
}
