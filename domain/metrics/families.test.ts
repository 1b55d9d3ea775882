import { describe, expect, it } from "vitest";
import { type ColumnKind, RECORD_COLUMNS } from "../view/record-columns.ts";
import type { ViewRecord } from "../view/view-record.ts";
import { METRICS } from "./metrics.ts";

const NOTHING: Readonly<Record<ColumnKind, unknown>> = {
  ...{ flag: false, maybeFlag: null, time: 0, count: 0, maybeCount: null, ms: 0, maybeMs: null, real: 0, real32: 1 },
  ...{ maybeReal: null, maybeReal32: null, label: "", labels: [], keyed: "", text: "" },
  ...{ ranges: [], renditions: [], modes: [] },
};

/** A record of which nothing is known but what is given. */
function record(known: Partial<ViewRecord>): ViewRecord {
  const parts = Object.entries(RECORD_COLUMNS).map(([key, { kind }]) => [key, NOTHING[kind]]);
  return { ...(Object.fromEntries(parts) as ViewRecord), counted: true, ...known };
}

/** An hour of football with two ad breaks, five stalls and a fatal error in the end. */
const PLAYED = record({
  viewerId: "anna",
  watchMs: 3_600_000,
  playingMs: 3_400_000,
  sourceDurationMs: 6_000_000,
  videoDurationMs: 1,
  playbackRanges: [
    { startMs: 3_000_000, endMs: 4_500_000 },
    { startMs: 0, endMs: 2_000_000 },
    { startMs: 1_000_000, endMs: 3_000_000 },
  ],
  startupMs: 1_500,
  contentStartupMs: 1_100,
  prerollStartupMs: 700,
  playerStartupMs: 120,
  pageLoadMs: 900,
  aggregateStartupMs: 2_520,
  prerollRequestCount: 2,
  prerollRequestMs: 300,
  prerollLoadMs: 400,
  seekCount: 4,
  seekMs: 1_000,
  rebufferCount: 5,
  rebufferMs: 90_000,
  renditionChangeCount: 7,
  renditionUpshiftCount: 4,
  renditionDownshiftCount: 3,
  upscaleRatio: 0.25,
  downscaleRatio: 0.125,
  maxUpscaleRatio: 1,
  maxDownscaleRatio: 0.5,
  averageBitrate: 2_400_000,
  liveLatencyMs: 8_000,
  requestThroughput: 12_000_000,
  requestLatencyMs: 45.5,
  maxRequestLatencyMs: 800,
  adAttemptCount: 8,
  adImpressionCount: 6,
  adBreakCount: 2,
  adErrorCount: 2,
  adBreakErrorCount: 1,
  adStartupErrorCount: 1,
  adExitBeforeStartCount: 1,
  playbackFailure: true,
  contentPlaybackFailure: true,
  dropped: true,
  playbackSuccessScore: 0,
  startupTimeScore: 0.8,
  smoothnessScore: 0.5,
  videoQualityScore: 0.75,
  viewerExperienceScore: 0,
});

/** Gone before anything was there. */
const LEFT = record({ exitBeforeVideoStart: true, playbackSuccessScore: 0.5, viewerExperienceScore: 0.5 });

/** By hand: [of the hour, of who left]. */
const VALUES: Readonly<Record<string, readonly [number | null, number | null]>> = {
  views: [1, 1],
  ended_views: [1, 1],
  unique_viewers: [1, null],
  playing_time: [3_400_000, 0],
  watch_time: [3_600_000, 0],
  completion_percentage: [0.75, null],
  ad_attempt_count: [8, 0],
  ad_impression_count: [6, 0],
  ad_break_count: [2, 0],
  viewer_experience_score: [0, 0.5],
  playback_success_score: [0, 0.5],
  playback_failure_percentage: [1, 0],
  video_startup_failure_percentage: [0, 0],
  exits_before_video_start: [0, 1],
  playback_business_exception_percentage: [0, 0],
  video_startup_business_exception_percentage: [0, 0],
  view_dropped_percentage: [1, 0],
  content_playback_failure_percentage: [1, 0],
  startup_time_score: [0.8, null],
  video_startup_time: [1_500, null],
  view_content_startup_time: [1_100, null],
  ad_preroll_startup_time: [700, null],
  player_startup_time: [120, null],
  page_load_time: [900, null],
  aggregate_startup_time: [2_520, null],
  seek_latency: [250, null],
  requests_for_first_preroll: [2, null],
  video_startup_preroll_request_time: [300, null],
  video_startup_preroll_load_time: [400, null],
  rebuffer_score: [0.5, null],
  rebuffer_percentage: [0.025, null],
  rebuffer_frequency: [5 / 60, null],
  rebuffer_duration: [90_000, 0],
  rebuffer_count: [5, 0],
  rendition_change_count: [7, 0],
  rendition_upshift_count: [4, 0],
  rendition_downshift_count: [3, 0],
  video_quality_score: [0.75, null],
  upscale_percentage: [0.25, null],
  downscale_percentage: [0.125, null],
  max_upscale_percentage: [1, null],
  max_downscale_percentage: [0.5, null],
  weighted_average_bitrate: [2_400_000, null],
  live_stream_latency: [8_000, null],
  request_throughput: [12_000_000, null],
  request_latency: [45.5, null],
  max_request_latency: [800, null],
  ad_playback_failure_percentage: [0, 0],
  ad_error_count: [2, 0],
  ad_error_percentage: [0.25, null],
  ad_break_error_count: [1, 0],
  ad_break_error_percentage: [0.5, null],
  ad_startup_error_count: [1, 0],
  ad_startup_error_percentage: [0.125, null],
  ad_exit_before_start_count: [1, 0],
  ad_exit_before_start_percentage: [0.125, null],
};

describe("a metric", () => {
  it.each(METRICS.map((metric) => [metric.id, metric] as const))(
    "says of a view what was worked out by hand: %s",
    (id, metric) => {
      const [played, left] = VALUES[id] ?? [];
      const value = metric.perView(PLAYED);
      if (typeof played === "number") expect(value).toBeCloseTo(played, 12);
      else expect(value).toBe(played);
      expect(metric.perView(LEFT)).toBe(left);
    },
  );
});
