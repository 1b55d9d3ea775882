import type { Metric } from "./metric.ts";
import { heldValue, quotientOf } from "./per-view.ts";

const WAIT = {
  family: "startup_time",
  unit: "milliseconds",
  timeBasis: "view_end",
  measurements: ["median", "95th", "avg"],
  defaultMeasurement: "median",
  better: "lower",
  aliases: [],
  filterable: true,
} as const;

/** How long people wait for pictures to move. */
export const STARTUP_TIME: readonly Metric[] = [
  {
    ...WAIT,
    ...heldValue("startupTimeScore"),
    id: "startup_time_score",
    title: "Startup Time Score",
    unit: "score",
    measurements: ["avg"],
    defaultMeasurement: "avg",
    better: "higher",
    sentence: "How content people are with the wait for the first picture.",
    formula: "8 ÷ (8 + s), s = video start-up time in seconds. No value without a first frame.",
  },
  {
    ...WAIT,
    ...heldValue("startupMs"),
    id: "video_startup_time",
    aliases: ["time_to_first_frame"],
    title: "Video Startup Time",
    sentence: "Wait from the wish to play to the first moving picture, be it a pre-roll ad's.",
    formula:
      "Watch time at the first frame; pauses do not count. No value without a first frame, and where no wish to play was told.",
  },
  {
    ...WAIT,
    ...heldValue("contentStartupMs"),
    id: "view_content_startup_time",
    aliases: ["content_startup_time"],
    title: "Content Startup Time",
    sentence: "Wait for the content alone.",
    formula: "Wait from play intent to the first frame of content, without loading and watching pre-roll ads.",
  },
  {
    ...WAIT,
    ...heldValue("prerollStartupMs"),
    id: "ad_preroll_startup_time",
    title: "Ad Preroll Startup Time",
    sentence: "Wait for the first pre-roll ad.",
    formula: "From the instruction to play the pre-roll to its first frame. No value without a pre-roll.",
  },
  {
    ...WAIT,
    ...heldValue("playerStartupMs"),
    id: "player_startup_time",
    title: "Player Startup Time",
    sentence: "How long the player took to be ready.",
    formula: "`playerready` − `player_init_time`. No value where the integration tells no `player_init_time`.",
  },
  {
    ...WAIT,
    ...heldValue("pageLoadMs"),
    id: "page_load_time",
    title: "Page Load Time",
    sentence: "How long the page took until its player began.",
    formula:
      "Start of navigation to the player's beginning, or to the page's load where that came first; first view of a page only.",
  },
  {
    ...WAIT,
    ...heldValue("aggregateStartupMs"),
    id: "aggregate_startup_time",
    title: "Aggregate Startup Time",
    sentence: "The whole wait on a page that plays by itself: page, player and video.",
    formula: "Page load + player start-up + video start-up; first view of a page only.",
    chosen:
      "The client's own figure stands where it tells one, which it does of videos that play by themselves; else the sum, where all three parts are known.",
  },
  {
    ...WAIT,
    ...quotientOf("seekMs", "seekCount"),
    id: "seek_latency",
    title: "Seek Latency",
    measurements: ["avg", "median", "95th"],
    defaultMeasurement: "avg",
    sentence: "Wait after a seek until pictures move again.",
    formula: "Time spent seeking ÷ seeks, in a view and over all views alike. No value without a seek.",
  },
  {
    ...WAIT,
    ...heldValue("prerollRequestCount"),
    id: "requests_for_first_preroll",
    title: "Requests for First Preroll",
    unit: "count",
    sentence: "How many ad servers were asked until a pre-roll came.",
    formula: "Ad requests until the pre-roll started. No value without one.",
  },
  {
    ...WAIT,
    ...heldValue("prerollRequestMs"),
    id: "video_startup_preroll_request_time",
    title: "Video Startup Preroll Request Time",
    sentence: "Part of the start-up that asking for ads took.",
    formula: "Start of the view to the first pre-roll's beginning to load.",
  },
  {
    ...WAIT,
    ...heldValue("prerollLoadMs"),
    id: "video_startup_preroll_load_time",
    title: "Video Startup Preroll Load Time",
    sentence: "Part of the start-up that loading the first ad took.",
    formula: "The first pre-roll's beginning to load to its first frame.",
  },
];
