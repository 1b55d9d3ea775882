import type { ViewRecord } from "../view/view-record.ts";

/** How many views become one number. `count` counts views that hold a value. */
export const MEASUREMENTS = ["95th", "median", "avg", "count", "sum"] as const;
export type Measurement = (typeof MEASUREMENTS)[number];

export const FAMILIES = [
  "engagement",
  "overall",
  "playback_success",
  "startup_time",
  "smoothness",
  "video_quality",
  "ads",
] as const;
export type Family = (typeof FAMILIES)[number];

/** Ratios and scores are 0..1, times milliseconds, rates bit/s, frequencies events per minute. */
export type Unit = "count" | "milliseconds" | "ratio" | "score" | "bits_per_second" | "per_minute";

/**
 * How the average of a metric is made: of the views' values, or as a quotient of sums (time stalled over time watched),
 * where a long view weighs more. Quantiles and sums are always of the views' values.
 */
export type Average =
  | { kind: "mean" }
  | { kind: "quotient"; part: keyof ViewRecord; whole: keyof ViewRecord; factor: number }
  /** No average: how many different keys there are. `keySql` is the key as UInt64, over columns of table `views`. */
  | { kind: "distinct"; keySql: string };

/**
 * One metric of the Data API (data-api.md §3), defined once: the API, the dashboard, alerts, exports and docs/metrics.md
 * read this. Only views with `counted` have values at all.
 */
export interface Metric {
  id: string;
  /** Other ids that SDKs and guides use for it. */
  aliases: readonly string[];
  title: string;
  family: Family;
  unit: Unit;
  /** Which time of a view decides whether it lies in the range asked. */
  timeBasis: "view_start" | "view_end";
  measurements: readonly Measurement[];
  defaultMeasurement: Measurement;
  /** Which direction is better; null where neither is. */
  better: "higher" | "lower" | null;
  /** May select views by their value (`metric_filters[]`). */
  filterable: boolean;
  /** For people: what it says, in a sentence or two. */
  sentence: string;
  /** For people: how it is worked out, and when there is no value. */
  formula: string;
  /** For people: what we decided where the reference leaves it open. */
  chosen?: string;
  /** The view's own value; null when it holds none. The SQL below says the same. */
  perView: (record: ViewRecord) => number | null;
  /** The same over columns of table `views`: an expression of a numeric type, Nullable where a view may hold no value. */
  perViewSql: string;
  average: Average;
}
