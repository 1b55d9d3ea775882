import { RANGES, type Range } from "../queries/ranges.ts";

/** All calls over one range, under one load. */
export interface Run {
  range: Range;
  /** Whether an answer serves several requests. */
  sharesAnswers: boolean;
  /** Whether its limits decide; otherwise what is beyond them is told. */
  isJudged: boolean;
}

const [DAY, MONTH] = RANGES;

/**
 * As people ask: several at once for the last day, of a server as it runs; and one at a time for a month, where every request
 * asks the store, beside the SQL. The day is told without shared answers too (docs/decisions/questions.md, "Four insights at once").
 */
export const RUNS: readonly Run[] = [
  { range: MONTH, sharesAnswers: false, isJudged: true },
  { range: DAY, sharesAnswers: false, isJudged: false },
  { range: DAY, sharesAnswers: true, isJudged: true },
];

export function titleOf({ range, sharesAnswers, isJudged }: Run): string {
  const who = sharesAnswers ? "answers shared" : "every request asks the store";
  return `${range.name}, ${range.atOnce} at a time, ${who}${isJudged ? "" : " (told, not judged)"}`;
}
