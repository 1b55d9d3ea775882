import { FINAL_AFTER_MS } from "../view/life-cycle.ts";
import type { SubviewPointRow, SubviewRow } from "./ask/ask-subviews.ts";
import { bucketsOf, type Series } from "./time-buckets.ts";

/**
 * How long after its start a view is looked for: clients hold events back for a day at most (docs/view-record.md), and one
 * that goes on for a day is as late. Then it is final after its silence.
 */
const CHANGES_FOR_MS = 24 * 3_600_000 + FINAL_AFTER_MS;

const SECOND_MS = 1_000;

/** Playing time of parts in one bucket. */
export interface SubviewBucket {
  startMs: number;
  /** `partial`: views that started in it may still come or change. */
  status: "complete" | "partial";
  /** The longest over the whole range first; a value without time in this bucket is absent. */
  values: SubviewRow[];
}

export interface SubviewSeries {
  buckets: SubviewBucket[];
  /** A bucket is complete that ends by then: Unix milliseconds, a whole second. It may lie before or behind all of them. */
  completeThroughMs: number;
}

/**
 * A series of parts as the API tells it (data-api.md §2): a bucket for every step of the range up to now, those without
 * parts too, and how far they are complete. What lies wholly in the future is left out.
 *
 * @param rows answer of `askSubviewTimeseries` over the same series
 * @param asOfMs log time up to which views are stored
 * @throws RangeError as `bucketsOf`
 */
export function subviewSeries(rows: readonly SubviewPointRow[], series: Series, asOfMs: number): SubviewSeries {
  const byStart = Map.groupBy(rows, ({ start_ms }) => start_ms);
  const completeThroughMs = (Math.ceil((asOfMs - CHANGES_FOR_MS) / SECOND_MS) - 1) * SECOND_MS;
  const begun = bucketsOf(series).filter(({ startMs }) => startMs < asOfMs);
  return {
    buckets: begun.map(({ startMs, endMs }) => ({
      startMs,
      status: endMs <= completeThroughMs ? "complete" : "partial",
      values: (byStart.get(startMs) ?? []).map(({ start_ms: _, ...row }) => row),
    })),
    completeThroughMs,
  };
}
