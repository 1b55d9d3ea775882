import type { Metric } from "../metric.ts";
import type { Aggregate } from "./aggregate.ts";

/** What of a group is compared with the whole; NULL where nothing is. */
export function levelSql({ level }: Aggregate, side: "groupSql" | "wholeSql" = "groupSql"): string {
  return level === null ? "CAST(NULL, 'Nullable(Float64)')" : `toFloat64(${level[side]})`;
}

/**
 * How much a group worsens the whole (data-api.md §2.3, where the formula is our own): (level − whole) × its share of the
 * views, turned so that more is worse. NULL for a metric of which neither direction is better.
 */
export function impactSql({ better }: Metric, levelName: string): string {
  if (better === null) return "CAST(NULL, 'Nullable(Float64)')";
  return `${better === "higher" ? "-" : ""}(${levelName} - whole) * views / whole_views`;
}
