import type { Comparison } from "./compare.ts";
import type { FoldedRows } from "./folded-rows.ts";

/**
 * Of all views; kills leave some without every answer. Measured: 97 % on both logs with 4 kills and more a minute. Fewer, and
 * the comparison of rows says little.
 */
const LEAST_JUDGED_RATIO = 0.8;

/** What is wrong between the truth, the fold's own count and the store, in sentences; none when nothing is. */
export function complaintsOfComparison(comparison: Comparison, { folded, stored }: FoldedRows): string[] {
  const { judged, views } = comparison;
  return [
    ...wrong(comparison.lost, "acknowledged events are lost"),
    ...wrong(comparison.doubled, "events are stored twice"),
    ...wrong(comparison.invented, "events are stored that nobody sent"),
    ...wrong(comparison.viewRows, "views have no row, or more than one"),
    ...wrong(comparison.figures, "views have wrong figures"),
    ...(folded === stored ? [] : [`${stored} rows of events that count are stored, ${folded} were folded`]),
    ...(judged > 0 && judged >= views * LEAST_JUDGED_RATIO ? [] : [`only ${judged} of ${views} views could be judged`]),
  ];
}

export const wrong = (count: number, what: string): string[] => (count === 0 ? [] : [`${count} ${what}`]);
