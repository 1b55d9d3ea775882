import type { Metric } from "./metric.ts";
import { heldValue, shareOf } from "./per-view.ts";

const SHARE = {
  family: "playback_success",
  unit: "ratio",
  timeBasis: "view_end",
  measurements: ["avg"],
  defaultMeasurement: "avg",
  better: "lower",
  aliases: [],
  filterable: true,
} as const;

/** Whether it played. */
export const PLAYBACK_SUCCESS: readonly Metric[] = [
  {
    ...SHARE,
    ...heldValue("playbackSuccessScore"),
    id: "playback_success_score",
    title: "Playback Success Score",
    unit: "score",
    better: "higher",
    sentence: "Whether the video played until its end or until the viewer had enough.",
    formula:
      "0 after a playback failure, 0.5 after an exit before the start, else 1. No value where somebody left before the start within a second.",
  },
  {
    ...SHARE,
    ...shareOf("playbackFailure"),
    id: "playback_failure_percentage",
    title: "Playback Failure Percentage",
    sentence: "Share of views that a technical error ended.",
    formula: "Views ended by a fatal error that is no business exception ÷ views.",
  },
  {
    ...SHARE,
    ...shareOf("videoStartupFailure"),
    id: "video_startup_failure_percentage",
    title: "Video Startup Failure Percentage",
    filterable: false,
    sentence: "Share of views that failed before any picture was seen.",
    formula: "Playback failures before the first frame, of content or ad ÷ views.",
  },
  {
    ...SHARE,
    ...shareOf("exitBeforeVideoStart"),
    id: "exits_before_video_start",
    title: "Exits Before Video Start",
    filterable: false,
    sentence: "Share of views whose viewer left before any picture was seen.",
    formula: "Views with play intent, without a first frame and without a fatal error ÷ views.",
  },
  {
    ...SHARE,
    ...shareOf("playbackBusinessException"),
    id: "playback_business_exception_percentage",
    title: "Business Exception Percentage",
    sentence: "Share of views ended on purpose: wrong country, no subscription and the like.",
    formula: "Views ended by a fatal error that is a business exception ÷ views.",
  },
  {
    ...SHARE,
    ...shareOf("videoStartupBusinessException"),
    id: "video_startup_business_exception_percentage",
    title: "Video Startup Business Exception Percentage",
    sentence: "Share of views refused on purpose before any picture was seen.",
    formula: "Business exceptions before the first frame ÷ views.",
  },
  {
    ...SHARE,
    ...shareOf("dropped"),
    id: "view_dropped_percentage",
    title: "View Dropped Percentage",
    filterable: false,
    sentence: "Share of views that fell silent: a crash, a lost network, a killed tab.",
    formula: "Views final by silence, without a viewend ÷ views.",
    chosen: "A view that is not final yet is not dropped yet.",
  },
  {
    ...SHARE,
    ...shareOf("contentPlaybackFailure"),
    id: "content_playback_failure_percentage",
    title: "Content Playback Failure Percentage",
    sentence: "Share of views that a technical error ended outside ads.",
    formula: "Playback failures outside ad breaks ÷ views.",
  },
];
