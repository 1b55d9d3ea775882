import type { Metric } from "./metric.ts";
import { heldValue } from "./per-view.ts";

const QUALITY = { family: "video_quality", timeBasis: "view_end", aliases: [], filterable: true } as const;
const SPREAD = { measurements: ["median", "95th", "avg"], defaultMeasurement: "median" } as const;
const AVERAGED = { measurements: ["avg", "median", "95th"], defaultMeasurement: "avg" } as const;
/** The client's own figures hold all requests, too (data-wire.md §6). */
const ALL_REQUESTS =
  "Every completed request counts, for media, playlists, keys or subtitles, as in the client's own figures, which stand where no event tells.";

/** What the picture looked like, and what brought it. */
export const VIDEO_QUALITY: readonly Metric[] = [
  {
    ...QUALITY,
    ...heldValue("videoQualityScore"),
    id: "video_quality_score",
    title: "Video Quality Score",
    unit: "score",
    measurements: ["avg"],
    defaultMeasurement: "avg",
    better: "higher",
    sentence: "How well the picture's size fitted the player.",
    formula:
      "e^(−0.33 × (0.15 × largest upscale + 0.85 × average upscale)). No value without a first frame, for sound alone, and where sizes are unknown.",
  },
  {
    ...QUALITY,
    ...AVERAGED,
    ...heldValue("upscaleRatio"),
    id: "upscale_percentage",
    title: "Upscale Percentage",
    unit: "ratio",
    better: "lower",
    sentence: "How far the picture was stretched, in one dimension: 320 × 240 shown as 640 × 480 is 1.",
    formula:
      "In a view: average of max(0, min(player width ÷ source width, player height ÷ source height) − 1), weighed by playback.",
    chosen: "The average is the mean of the views, each counting the same, not a quotient of sums.",
  },
  {
    ...QUALITY,
    ...AVERAGED,
    ...heldValue("downscaleRatio"),
    id: "downscale_percentage",
    title: "Downscale Percentage",
    unit: "ratio",
    better: "lower",
    sentence: "How far the picture was shrunk: bits paid for and not seen. Not part of any score.",
    formula:
      "In a view: average of max(0, 1 − min(player width ÷ source width, player height ÷ source height)), weighed by playback.",
    chosen: "The average is the mean of the views, each counting the same, not a quotient of sums.",
  },
  {
    ...QUALITY,
    ...SPREAD,
    ...heldValue("maxUpscaleRatio"),
    id: "max_upscale_percentage",
    title: "Max Upscale Percentage",
    unit: "ratio",
    better: "lower",
    sentence: "The farthest that the picture was stretched at any time.",
    formula: "Largest upscale of the view.",
  },
  {
    ...QUALITY,
    ...SPREAD,
    ...heldValue("maxDownscaleRatio"),
    id: "max_downscale_percentage",
    title: "Max Downscale Percentage",
    unit: "ratio",
    better: "lower",
    sentence: "The farthest that the picture was shrunk at any time.",
    formula: "Largest downscale of the view.",
  },
  {
    ...QUALITY,
    ...SPREAD,
    ...heldValue("averageBitrate"),
    id: "weighted_average_bitrate",
    title: "Weighted Average Bitrate",
    unit: "bits_per_second",
    better: "higher",
    sentence: "Bitrate of what was played, as the playlist states it.",
    formula: "Σ (bitrate × playing time) ÷ Σ playing time, over the renditions played.",
  },
  {
    ...QUALITY,
    ...SPREAD,
    ...heldValue("liveLatencyMs"),
    id: "live_stream_latency",
    aliases: ["player_average_live_latency"],
    title: "Live Stream Latency",
    unit: "milliseconds",
    better: "lower",
    sentence: "How far behind the camera a live viewer is.",
    formula:
      "Mean of now − the programme's clock at the playhead, where the player knows that clock. Samples of more than 5 minutes are left out.",
  },
  {
    ...QUALITY,
    ...SPREAD,
    ...heldValue("requestThroughput"),
    id: "request_throughput",
    aliases: ["view_average_request_throughput"],
    title: "Request Throughput",
    unit: "bits_per_second",
    better: "higher",
    sentence: "How fast arrived what the player asked for.",
    formula:
      "Bits of requests ÷ the time that they took from the first byte, or from the request where that is unknown. Requests of no bytes or no time are left out, and those above 100 Gbit/s, which came from a cache.",
    chosen: ALL_REQUESTS,
  },
  {
    ...QUALITY,
    ...SPREAD,
    ...heldValue("requestLatencyMs"),
    id: "request_latency",
    aliases: ["view_average_request_latency"],
    title: "Request Latency",
    unit: "milliseconds",
    better: "lower",
    sentence: "Wait for the first byte of an answer.",
    formula: "Mean of first byte − request, over the view's requests that tell both.",
    chosen: ALL_REQUESTS,
  },
  {
    ...QUALITY,
    ...SPREAD,
    ...heldValue("maxRequestLatencyMs"),
    id: "max_request_latency",
    aliases: ["view_max_request_latency"],
    title: "Max Request Latency",
    unit: "milliseconds",
    better: "lower",
    sentence: "The longest such wait of a view.",
    formula: "Largest first byte − request of the view's requests.",
    chosen: ALL_REQUESTS,
  },
];
