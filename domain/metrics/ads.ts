import type { Metric } from "./metric.ts";
import { heldValue, quotientOf, shareOf } from "./per-view.ts";

const AD = { family: "ads", timeBasis: "view_end", better: "lower", aliases: [], filterable: true } as const;
const SHARE = { ...AD, unit: "ratio", measurements: ["avg"], defaultMeasurement: "avg" } as const;
const SUMMED = { ...AD, unit: "count", measurements: ["sum", "avg"], defaultMeasurement: "sum" } as const;
const AVERAGED = { ...AD, unit: "count", measurements: ["avg", "sum"], defaultMeasurement: "avg" } as const;

/** What went wrong with ads. */
export const ADS: readonly Metric[] = [
  {
    ...SHARE,
    ...shareOf("adPlaybackFailure"),
    id: "ad_playback_failure_percentage",
    title: "Ad Playback Failure Percentage",
    sentence: "Share of views that a technical error ended during an ad.",
    formula: "Playback failures inside ad breaks ÷ views.",
  },
  {
    ...SUMMED,
    ...heldValue("adErrorCount"),
    id: "ad_error_count",
    title: "Ad Errors",
    sentence: "Errors of ads; most skip the ad and leave the view alive.",
    formula: "Ad errors, whatever came of them.",
  },
  {
    ...SHARE,
    ...quotientOf("adErrorCount", "adAttemptCount"),
    id: "ad_error_percentage",
    title: "Ad Error Percentage",
    sentence: "Share of ads tried that ended in an error.",
    formula: "Ad errors ÷ ad attempts. No value without an attempt.",
    chosen:
      "A share of ad attempts, not of views with ads. An error while no ad is under way is an attempt that failed, so it is never above 1.",
  },
  {
    ...SUMMED,
    ...heldValue("adBreakErrorCount"),
    id: "ad_break_error_count",
    title: "Ad Breaks with Errors",
    sentence: "Ad breaks in which something went wrong.",
    formula: "Ad breaks with at least one ad error.",
  },
  {
    ...SHARE,
    ...quotientOf("adBreakErrorCount", "adBreakCount"),
    id: "ad_break_error_percentage",
    title: "Ad Breaks with Error Percentage",
    sentence: "Share of ad breaks in which something went wrong.",
    formula: "Ad breaks with an error ÷ ad breaks. No value without a break.",
  },
  {
    ...AVERAGED,
    ...heldValue("adStartupErrorCount"),
    id: "ad_startup_error_count",
    title: "Ad Startup Errors",
    sentence: "Ads tried that failed before they showed anything.",
    formula: "Ad errors before the ad's first frame; one while no ad is under way is an attempt that failed, too.",
  },
  {
    ...SHARE,
    ...quotientOf("adStartupErrorCount", "adAttemptCount"),
    id: "ad_startup_error_percentage",
    title: "Ad Startup Error Percentage",
    sentence: "Share of ads tried that failed before they showed anything.",
    formula: "Ad start-up errors ÷ ad attempts. No value without an attempt.",
  },
  {
    ...AVERAGED,
    ...heldValue("adExitBeforeStartCount"),
    id: "ad_exit_before_start_count",
    title: "Ad Exits Before Start",
    sentence: "Ads tried whose viewer left before they showed anything.",
    formula: "Exits between attempt and first frame of an ad, without an error.",
  },
  {
    ...SHARE,
    ...quotientOf("adExitBeforeStartCount", "adAttemptCount"),
    id: "ad_exit_before_start_percentage",
    title: "Ad Exits Before Start Percentage",
    sentence: "Share of ads tried whose viewer left before they showed anything.",
    formula: "Ad exits before start ÷ ad attempts. No value without an attempt.",
  },
];
