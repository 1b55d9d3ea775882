import type { BreakdownRow, Measures } from "./timeline.ts";

/** How a part stands against the whole: `worse` is worth a look, `bad` is where an incident probably sits. */
export type Standing = "normal" | "worse" | "bad";

/** Fewer viewers than this say nothing: one person's bad Wi-Fi would colour the page. */
const MIN_VIEWERS = 5;

/** [times the overall ratio, and at least this much above it]; chosen by eye on simulated incidents of one CDN. */
const WORSE = { times: 1.5, above: 0.01 };
const BAD = { times: 2.5, above: 0.03 };

/** Compares rebuffering of one breakdown row with that of all viewers. */
export function compareRebuffering(row: BreakdownRow, overall: Measures): Standing {
  if (row.rebufferingRatio === null || overall.rebufferingRatio === null) return "normal";
  if (row.viewers < MIN_VIEWERS) return "normal";
  const exceeds = (limit: typeof WORSE) =>
    (row.rebufferingRatio ?? 0) >= (overall.rebufferingRatio ?? 0) * limit.times &&
    (row.rebufferingRatio ?? 0) - (overall.rebufferingRatio ?? 0) >= limit.above;
  if (exceeds(BAD)) return "bad";
  return exceeds(WORSE) ? "worse" : "normal";
}
