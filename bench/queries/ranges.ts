import type { Question } from "../../domain/monitoring/queries.ts";
import { DAYS, END_MS, START_MS } from "./generate-views.ts";
import { type Kind, LIMITS_MS, scopeOf } from "./kinds.ts";

/** A range of time that is asked for, how many ask at a time, and what is promised. */
export interface Range {
  name: string;
  fromMs: number;
  atOnce: number;
  /** Of the 95th percentile. */
  limitMs: (kind: Pick<Kind, "weight">) => number;
}

const DAY_MS = 86_400_000;
const DAY_LIMIT_MS = 300;

export const RANGES: readonly [Range, Range] = [
  { name: "24 h", fromMs: END_MS - DAY_MS, atOnce: 4, limitMs: () => DAY_LIMIT_MS },
  { name: `${DAYS} days`, fromMs: START_MS, atOnce: 1, limitMs: ({ weight }) => LIMITS_MS[weight] },
];

export function questionsOf(kind: Kind, { fromMs }: Range): { ours: Question; hand: Question } {
  return {
    ours: kind.ours(scopeOf(fromMs, END_MS)),
    hand: { sql: kind.hand(timeText(fromMs), timeText(END_MS)), params: {} },
  };
}

/** As SQL writes it, UTC, to the second. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").slice(0, 19);
}
