import type { Metric } from "./metric.ts";
import { heldValue } from "./per-view.ts";

/** One number for how well it went. */
export const OVERALL: readonly Metric[] = [
  {
    ...heldValue("viewerExperienceScore"),
    id: "viewer_experience_score",
    aliases: [],
    title: "Overall Viewer Experience Score",
    family: "overall",
    unit: "score",
    timeBasis: "view_end",
    measurements: ["avg"],
    defaultMeasurement: "avg",
    better: "higher",
    filterable: true,
    sentence: "How good the whole experience was: whether it played at all, then how smoothly, how soon, how sharply.",
    formula:
      "success × (T(smoothness, quality; 0.60) + T(smoothness, startup; 0.55) + T(startup, quality; 0.60)) ÷ 3, with T(a, b; w) = a^w · b^(1−w). A missing score leaves T the other one; without all three the score is that of success. No value where success has none. The trade-off T and its weights are ours: the reference does not publish them.",
  },
];
