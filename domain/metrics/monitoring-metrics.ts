import type { Unit } from "./metric.ts";

/** A metric of the live picture, as the Data API names it; domain/monitoring works it out. */
export interface MonitoringMetric {
  /** With dashes on the wire. */
  id: string;
  title: string;
  unit: Unit;
  better: "higher" | "lower" | null;
  sentence: string;
  formula: string;
}

/** Bounds of the histogram of start-up times, milliseconds; the last bucket is open. */
export const STARTUP_HISTOGRAM_MS = [0, 100, 500, 1_000, 2_000, 5_000, 10_000] as const;

/** What is known of people who are watching now (data-api.md §7). */
export const MONITORING_METRICS: readonly MonitoringMetric[] = [
  {
    id: "current-concurrent-viewers",
    title: "Current Concurrent Viewers (CCV)",
    unit: "count",
    better: null,
    sentence: "How many are watching, or waiting to.",
    formula:
      "Views that want to play and are not paused, ended, failed, stalled for more than 5 minutes or silent for more than 30 s.",
  },
  {
    id: "current-rebuffering-percentage",
    title: "Current Rebuffering Percentage",
    unit: "ratio",
    better: "lower",
    sentence: "Share of watching that is waiting in stalls.",
    formula: "Time in stalls ÷ watch time, within the interval.",
  },
  {
    id: "exits-before-video-start",
    title: "Exits Before Video Start by start attempts",
    unit: "ratio",
    better: "lower",
    sentence: "Share of starts whose viewer left before a picture came.",
    formula: "Views just left after a wait of at least 1 s without a first frame ÷ start attempts.",
  },
  {
    id: "playback-failure-percentage",
    title: "Playback Failures by CCV",
    unit: "ratio",
    better: "lower",
    sentence: "Share of viewers whose playback an error has just ended.",
    formula: "Views just ended by a fatal technical error ÷ (concurrent viewers + these views).",
  },
  {
    id: "current-average-bitrate",
    title: "Current Average Bitrate",
    unit: "bits_per_second",
    better: "higher",
    sentence: "Bitrate of the renditions being played.",
    formula: "Mean over viewers whose rendition's bitrate is known.",
  },
  {
    id: "video-startup-failure-percentage",
    title: "Video Startup Failures by start attempts",
    unit: "ratio",
    better: "lower",
    sentence: "Share of starts that an error has just ended.",
    formula:
      "Views just ended by a fatal technical error before the first frame ÷ start attempts: views that are starting, or have just ceased to.",
  },
  {
    id: "video-startup-time",
    title: "Video Startup Time",
    unit: "milliseconds",
    better: "lower",
    sentence: "How long those who have just started had waited.",
    formula:
      "Start-up times of the views that started within the interval: their median, and a histogram by the minute.",
  },
];
