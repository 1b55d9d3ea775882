import { type Distribution, distributionOf } from "../measure/distribution.ts";
import type { PageNews } from "./browser.ts";
import type { MarkEntry } from "./mark-book.ts";

/** Durations in milliseconds. */
export interface Figures {
  marks: number;
  /** Titles that the browser never saw. */
  lost: string[];
  /** Last byte sent → the browser's message whose breakdown holds the marked view. */
  latency: Distribution;
  /** Last byte sent → the dashboard's unfiltered message that counts everything up to that moment. */
  dashboard: Distribution;
  /** The same request and page, with nothing but a parser and Socket.IO between them. */
  floor: Distribution;
  /** `delay_ms` as the messages tell it. */
  delay: Distribution;
}

export function figuresOf(entries: readonly MarkEntry[], messages: PageNews["messages"]): Figures {
  const seen = entries.filter(({ seenAtMs }) => seenAtMs !== null);
  const dashboard = messages.filter(({ id }) => id === "dashboard");
  return {
    marks: entries.length,
    lost: entries.filter(({ seenAtMs }) => seenAtMs === null).map(({ title }) => title),
    latency: distributionOf(seen.flatMap(({ sentAtMs, seenAtMs }) => between(sentAtMs, seenAtMs))),
    dashboard: distributionOf(
      entries.flatMap(({ sentAtMs }) => between(sentAtMs, countedAtMs(dashboard, sentAtMs ?? Number.NaN))),
    ),
    floor: distributionOf(entries.flatMap(({ floorSentAtMs, floorSeenAtMs }) => between(floorSentAtMs, floorSeenAtMs))),
    delay: distributionOf(messages.map(({ delayMs }) => delayMs)),
  };
}

function between(fromMs: number | null, toMs: number | null): number[] {
  return fromMs === null || toMs === null ? [] : [toMs - fromMs];
}

/** `as_of` promises that what arrived before it is counted; whole milliseconds. */
function countedAtMs(messages: PageNews["messages"], sentAtMs: number): number | null {
  return messages.find(({ asOf }) => asOf > sentAtMs + 1)?.atMs ?? null;
}
