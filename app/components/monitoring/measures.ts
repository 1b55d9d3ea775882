import { NOTHING } from "../../../domain/format/format-count.ts";
import { formatDuration, type Quantity, splitDuration } from "../../../domain/format/format-duration.ts";
import { formatRatio } from "../../../domain/format/format-ratio.ts";
import type { CurrentMeasures, Measures } from "../../../domain/monitoring/timeline.ts";

/** One of the page's tiles: how a measure is named, explained, read and drawn. */
export interface MeasureView {
  id: string;
  title: string;
  /** The definition, for people. */
  definition: string;
  value(measures: Measures): Quantity;
  /** A second figure beside the first. */
  aside?(measures: Measures): string;
  /** What the sparkline draws. */
  number(measures: Measures): number | null;
  /** The sparkline's top is never below this, so that little noise does not look like a mountain. */
  least: number;
  stroke: string;
}

const ratio = (value: number | null): Quantity => {
  const text = formatRatio(value);
  return text === NOTHING ? { value: text, unit: "" } : { value: text.slice(0, -1), unit: "%" };
};

export const MEASURES: readonly MeasureView[] = [
  {
    id: "rebuffering",
    title: "Rebuffering",
    definition:
      "Time spent rebuffering as a part of the time spent watching. Watching is starting up, rebuffering and playing; paused time does not count.",
    value: ({ rebufferingRatio }) => ratio(rebufferingRatio),
    number: ({ rebufferingRatio }) => rebufferingRatio,
    least: 0.02,
    stroke: "stroke-series-rebuffering",
  },
  {
    id: "startup",
    title: "Startup time",
    definition:
      "Time from the play request to the first frame, of the views that just began. The median; beside it p95.",
    value: ({ startup }) => splitDuration(startup?.medianMs ?? null),
    aside: ({ startup }) => `p95 ${formatDuration(startup?.p95Ms ?? null)}`,
    number: ({ startup }) => startup?.medianMs ?? null,
    least: 1_500,
    stroke: "stroke-series-startup",
  },
  {
    id: "startup-failures",
    title: "Startup failures",
    definition: "Views that just failed before their first frame, as a part of all start attempts.",
    value: ({ startupFailureRatio }) => ratio(startupFailureRatio),
    number: ({ startupFailureRatio }) => startupFailureRatio,
    least: 0.02,
    stroke: "stroke-series-failures",
  },
  {
    id: "exits",
    title: "Exits before start",
    definition:
      "Views that left before their first frame after waiting at least one second, as a part of all start attempts.",
    value: ({ exitBeforeStartRatio }) => ratio(exitBeforeStartRatio),
    number: ({ exitBeforeStartRatio }) => exitBeforeStartRatio,
    least: 0.02,
    stroke: "stroke-series-failures",
  },
  {
    id: "playback-failures",
    title: "Playback failures",
    definition:
      "Views that just ended with a fatal technical error, at start-up or later, as a part of all concurrent viewers.",
    value: ({ playbackFailureRatio }) => ratio(playbackFailureRatio),
    number: ({ playbackFailureRatio }) => playbackFailureRatio,
    least: 0.02,
    stroke: "stroke-series-failures",
  },
];

/** Starting up is known only at the live edge. */
export function startingUpOf(measures: Measures | CurrentMeasures): number | null {
  return "startingUp" in measures ? measures.startingUp : null;
}
