import { COMPLETION } from "./completion.ts";
import type { Metric } from "./metric.ts";
import { heldValue } from "./per-view.ts";

/** Counts 1 for every view. */
const EVERY_VIEW = { perView: () => 1, perViewSql: "1", average: { kind: "mean" } } as const;

const VOLUME = { family: "engagement", timeBasis: "view_start", aliases: [], filterable: true } as const;
const COUNTED = { unit: "count", measurements: ["count"], defaultMeasurement: "count", better: null } as const;
const SUMMED = { unit: "count", measurements: ["sum", "avg"], defaultMeasurement: "sum" } as const;

/** How much was watched, and by how many. */
export const ENGAGEMENT: readonly Metric[] = [
  {
    ...VOLUME,
    ...COUNTED,
    ...EVERY_VIEW,
    id: "views",
    aliases: ["started_views"],
    title: "Views",
    filterable: false,
    sentence: "How often somebody wanted to watch, with or without success.",
    formula: "Number of views that started in the range.",
  },
  {
    ...VOLUME,
    ...COUNTED,
    ...EVERY_VIEW,
    id: "ended_views",
    title: "Ended views",
    timeBasis: "view_end",
    sentence: "The same views by the time of their end, as the quality metrics count them.",
    formula: "Number of views whose newest event lies in the range.",
  },
  {
    ...VOLUME,
    ...COUNTED,
    id: "unique_viewers",
    title: "Unique Viewers",
    filterable: false,
    sentence: "How many different people wanted to watch.",
    formula:
      "Number of different `viewer_user_id`, or `mux_viewer_id` where that is empty, among views that started in the range; exact. Views with neither (`viewer_id_key` is `cityHash64('')`) do not count.",
    chosen: "Weighted, each viewer counts 1 ÷ sample rate once; under several rates, by the highest.",
    perView: ({ viewerId }) => (viewerId === "" ? null : 1),
    perViewSql: "if(viewer_id_key != cityHash64(''), 1, NULL)",
    average: { kind: "distinct", keySql: "viewer_id_key" },
  },
  {
    ...VOLUME,
    ...heldValue("playingMs"),
    id: "playing_time",
    title: "Playing Time",
    unit: "milliseconds",
    measurements: ["sum", "avg", "median", "95th"],
    defaultMeasurement: "sum",
    better: "higher",
    sentence: "Time in which pictures moved, of content or of ads.",
    formula: "Wall-clock time in the playing state; without start-up, stalls, seeks and pauses.",
    chosen: "Milliseconds, as in `total_playing_time`; the measurements beside the sum.",
  },
  {
    ...VOLUME,
    ...heldValue("watchMs"),
    id: "watch_time",
    title: "Watch Time",
    unit: "milliseconds",
    timeBasis: "view_end",
    measurements: ["sum", "avg", "median", "95th"],
    defaultMeasurement: "sum",
    better: null,
    sentence: "Time that people spent watching or waiting to watch.",
    formula: "Start-up, playing, stalls and seeks on the wall clock; without pauses.",
    chosen: "A metric of its own; the measurements beside the sum.",
  },
  {
    ...VOLUME,
    ...COMPLETION,
    id: "completion_percentage",
    aliases: ["completion"],
    title: "Completion",
    unit: "ratio",
    measurements: ["avg", "median", "95th"],
    defaultMeasurement: "avg",
    better: "higher",
    sentence: "How much of the video was played, whatever was played twice.",
    formula:
      "Length of all that was played at least once ÷ length of the video, which is that of its source, else `video_duration`. No value where neither is known, for live streams, and where something played but the client does not tell what.",
    chosen:
      "A metric of ours. A view in which no content played holds 0. A stream is live where its type says `live` or `dvr`. Ranges behind the end of the video are cut there.",
  },
  {
    ...VOLUME,
    ...SUMMED,
    ...heldValue("adAttemptCount"),
    id: "ad_attempt_count",
    title: "Ad Attempts",
    better: null,
    sentence: "Ads that a player tried to start; ads planned but never tried are left out.",
    formula: "Ads begun inside ad breaks.",
  },
  {
    ...VOLUME,
    ...SUMMED,
    ...heldValue("adImpressionCount"),
    id: "ad_impression_count",
    title: "Ad Impressions",
    better: "higher",
    sentence: "Ads that showed a picture, however short.",
    formula: "Ads with at least one frame.",
  },
  {
    ...VOLUME,
    ...SUMMED,
    ...heldValue("adBreakCount"),
    id: "ad_break_count",
    title: "Ad Breaks",
    better: null,
    sentence: "How often content was left for ads.",
    formula: "Ad breaks entered.",
  },
];
