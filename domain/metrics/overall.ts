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
      "success × the mean of T(smoothness, quality), T(smoothness, start-up) and T(start-up, quality). No value where success has none.",
    chosen:
      "T and its weights, which the reference keeps to itself: T(a, b) = a^w · b^(1 − w) with w = 0.60, 0.55 and 0.60, in the order of importance it states: smoothness, start-up, picture. A missing score leaves T the other one, and a T without both is left out of the mean; without all three the score is that of success.",
  },
];
