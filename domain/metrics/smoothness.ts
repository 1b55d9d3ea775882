import type { Metric } from "./metric.ts";
import { heldValue, quotientOf } from "./per-view.ts";

const QUALITY = {
  family: "smoothness",
  timeBasis: "view_end",
  better: "lower",
  aliases: [],
  filterable: true,
} as const;
const AVERAGED = { measurements: ["avg"], defaultMeasurement: "avg" } as const;
const SPREAD = { measurements: ["median", "95th", "avg", "sum"], defaultMeasurement: "median" } as const;

/** Whether it went on without interruption. */
export const SMOOTHNESS: readonly Metric[] = [
  {
    ...QUALITY,
    ...AVERAGED,
    ...heldValue("smoothnessScore"),
    id: "rebuffer_score",
    aliases: ["smoothness_score"],
    title: "Smoothness Score",
    unit: "score",
    better: "higher",
    sentence: "How content people are with how often and how long it stalled.",
    formula:
      "Mean of 1 ÷ √(1 + (stalls ÷ 2)²) and e^(−10 × rebuffer percentage). No value after an exit before the start or a start that failed.",
  },
  {
    ...QUALITY,
    ...AVERAGED,
    ...quotientOf("rebufferMs", "watchMs"),
    id: "rebuffer_percentage",
    title: "Rebuffer Percentage",
    unit: "ratio",
    sentence: "Share of watching that was waiting in stalls.",
    formula: "Time in stalls ÷ watch time; waits after seeks are no stalls. No value without watch time.",
  },
  {
    ...QUALITY,
    ...AVERAGED,
    ...quotientOf("rebufferCount", "watchMs", 60_000),
    id: "rebuffer_frequency",
    title: "Rebuffer Frequency",
    unit: "per_minute",
    sentence: "Stalls in a minute of watching.",
    formula: "Stalls ÷ watch time in minutes. No value without watch time.",
  },
  {
    ...QUALITY,
    ...SPREAD,
    ...heldValue("rebufferMs"),
    id: "rebuffer_duration",
    title: "Rebuffer Duration",
    unit: "milliseconds",
    sentence: "Time that a view spent in stalls.",
    formula: "Sum of the stalls after the first frame; 0 where there was none.",
  },
  {
    ...QUALITY,
    ...SPREAD,
    ...heldValue("rebufferCount"),
    id: "rebuffer_count",
    title: "Rebuffer Count",
    unit: "count",
    sentence: "How often a view stalled.",
    formula: "Stalls after the first frame; 0 where there was none.",
  },
  {
    ...QUALITY,
    ...SPREAD,
    ...heldValue("renditionChangeCount"),
    id: "rendition_change_count",
    title: "Rendition Change Count",
    unit: "count",
    better: null,
    sentence: "How often the picture changed its quality.",
    formula: "Changes of rendition while playing.",
  },
  {
    ...QUALITY,
    ...SPREAD,
    ...heldValue("renditionUpshiftCount"),
    id: "rendition_upshift_count",
    title: "Rendition Upshift Count",
    unit: "count",
    better: null,
    sentence: "How often the picture became better.",
    formula: "Changes to a higher rendition while playing.",
  },
  {
    ...QUALITY,
    ...SPREAD,
    ...heldValue("renditionDownshiftCount"),
    id: "rendition_downshift_count",
    title: "Rendition Downshift Count",
    unit: "count",
    sentence: "How often the picture became worse.",
    formula: "Changes to a lower rendition while playing.",
  },
];
