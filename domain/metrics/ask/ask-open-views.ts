import type { EnvironmentId } from "../../identifiers.ts";
import { filterClause } from "../../monitoring/clauses.ts";
import type { MonitoringFilter } from "../../monitoring/dimensions.ts";
import type { Question } from "../../monitoring/queries.ts";

/** Without a beat for so long nobody plays; as long as a view takes to be complete. */
const SPAN_SECONDS = 60;
/** More than one place has viewers; beyond, those whose ids come last are left out. */
const MAX_OPEN_VIEWS = 10_000;

/** Answer of {@link askOpenViews}. */
export interface OpenViewRow {
  view_id: string;
  /** All that play. */
  total_row_count: number;
}

/** Views that play, wait or stall in their newest bucket of the last minute, by id. */
export function askOpenViews(
  environmentId: EnvironmentId,
  filters: readonly MonitoringFilter[],
  nowMs: number,
): Question {
  const where = filterClause(filters);
  return {
    sql: `
SELECT view_id, toFloat64(count() OVER ()) AS total_row_count
FROM monitoring FINAL
WHERE environment_id = {environmentId: UInt32} AND bucket > {from: UInt32}${where.sql}
GROUP BY view_id
HAVING argMax(concurrent + starting_up, bucket) > 0
ORDER BY view_id
LIMIT ${MAX_OPEN_VIEWS}`,
    params: { environmentId, from: Math.floor(nowMs / 1_000) - SPAN_SECONDS, ...where.params },
  };
}

/** Answer of {@link askLastPlayed}. */
export interface LastPlayedRow {
  view_id: string;
  /** Start of the bucket, log time, Unix milliseconds. */
  played_ms: number;
}

/** The newest bucket of those of these views that play, wait or stall in it, and it is of the last minute. */
export function askLastPlayed(environmentId: EnvironmentId, viewIds: readonly string[], nowMs: number): Question {
  return {
    sql: `
SELECT view_id, toFloat64(max(bucket)) * 1000 AS played_ms
FROM monitoring FINAL
WHERE environment_id = {environmentId: UInt32} AND bucket > {from: UInt32} AND view_id IN {viewIds: Array(String)}
GROUP BY view_id
HAVING argMax(concurrent + starting_up, bucket) > 0`,
    params: { environmentId, from: Math.floor(nowMs / 1_000) - SPAN_SECONDS, viewIds },
  };
}

/** Newest live facts of one view (`LiveFacts`); no row where it has not played within a day. */
export function askLiveFacts(environmentId: EnvironmentId, viewId: string, fromMs: number): Question {
  const newest = ["country", "region", "asn", "device_category", "operating_system", "browser"];
  return {
    sql: `
SELECT ${newest.map((column) => `argMax(m.${column}, bucket) AS ${column}`).join(", ")}
FROM monitoring AS m FINAL
WHERE environment_id = {environmentId: UInt32} AND bucket >= {from: UInt32} AND view_id = {viewId: String}
HAVING count() > 0`,
    params: { environmentId, viewId, from: Math.max(0, Math.floor(fromMs / 1_000)) },
  };
}

/** When the first record of a view arrived, Unix milliseconds (`first_seen_ms`); no row where no event of it is stored. */
export function askFirstSeen(environmentId: EnvironmentId, viewId: string): Question {
  return {
    sql: `
SELECT toFloat64(toUnixTimestamp64Milli(max(view_first_seen))) AS first_seen_ms
FROM events
WHERE environment_id = {environmentId: UInt32} AND view_id = {viewId: String}
HAVING count() > 0`,
    params: { environmentId, viewId },
  };
}
