import type { Question } from "../../monitoring/queries.ts";
import type { Scope } from "../scope.ts";
import { type Page, type PagedQuestion, pageParams } from "./page.ts";
import { inRange, SETTINGS, scopeClause } from "./scope-clause.ts";
import { uint32 } from "./uint32.ts";
import { type Direction, directionSql } from "./value-order.ts";

/** Which views a list has, beside its scope. */
export interface ListedViews {
  /** Only views with this `error_type_id`, or with any. */
  errorTypeId: number | "any" | null;
  /** Only views of this person, as the integration or as the SDK's cookie calls them. */
  viewerId?: string | null;
  /** Only these. */
  ids?: readonly string[] | null;
}

export interface ViewListOptions extends Page, ListedViews {
  /** Of the end of views. */
  direction: Direction;
  /** Only views behind this one. */
  after?: ViewPlace | null;
}

/** Where a view stands in the list. */
export interface ViewPlace {
  viewEndMs: number;
  viewId: string;
}

/** Answer of {@link askViews}: what a list of views shows (data-api.md §2.2). */
export interface ViewListRow {
  view_id: string;
  view_start_ms: number;
  view_end_ms: number;
  /** Log time of the last event that the row knows of. */
  last_seen_ms: number;
  video_title: string;
  viewer_id: string;
  operating_system: string;
  browser: string;
  country: string;
  watch_ms: number;
  viewer_experience_score: number | null;
  /** 0 or 1. */
  playback_failure: number;
  error_type_id: number | null;
  error_code: string;
  error_message: string;
  /** Rows without limit and offset. */
  total_row_count: number;
}

/** Views that ended in the range, by their end. */
export function askViews(scope: Scope, options: ViewListOptions): PagedQuestion {
  const { direction, after = null, ...rest } = options;
  const where = listedClause(scope, rest);
  const order = directionSql(direction);
  const afterParams = after === null ? {} : { afterEndMs: after.viewEndMs, afterViewId: after.viewId };
  return {
    sql: `
SELECT
  view_id,
  toFloat64(toUnixTimestamp64Milli(view_start)) AS view_start_ms,
  toFloat64(toUnixTimestamp64Milli(view_end)) AS view_end_ms,
  toFloat64(toUnixTimestamp64Milli(last_seen)) AS last_seen_ms,
  video_title,
  viewer_id,
  operating_system,
  browser,
  country,
  toFloat64(views.watch_ms) AS watch_ms,
  viewer_experience_score,
  playback_failure,
  error_type_id,
  error_code,
  error_message,
  (SELECT toFloat64(count()) FROM views FINAL WHERE ${where.sql}) AS total_row_count
FROM views FINAL
WHERE (first_seen, view_id) IN (
  SELECT first_seen, view_id FROM views FINAL WHERE ${where.sql}${after === null ? "" : BEHIND[direction]} ORDER BY view_end ${order}, view_id LIMIT {limit: UInt32} OFFSET {offset: UInt32}
) AND ${where.sql}
ORDER BY views.view_end ${order}, view_id
${SETTINGS}`,
    params: { ...where.params, ...pageParams(options), ...afterParams },
  };
}

/** Answer of {@link askViewIds}: one row. */
export interface ViewIdsRow {
  ids: readonly string[];
}

/** Which views ended in the range, in no order, `limit` of them at most. */
export function askViewIds(scope: Scope, views: ListedViews, limit: number): Question {
  const where = listedClause(scope, views);
  return {
    sql: `
SELECT groupArray(${uint32("limit", limit, 1)})(view_id) AS ids
FROM views FINAL
WHERE ${where.sql}
${SETTINGS}`,
    params: where.params,
  };
}

function listedClause(scope: Scope, { errorTypeId, viewerId = null, ids = null }: ListedViews): Question {
  const conditions = [inRange("view_end") + errorCondition(errorTypeId)];
  if (viewerId !== null) conditions.push(OF_VIEWER);
  if (ids !== null) conditions.push("view_id IN {ids: Array(String)}");
  const where = scopeClause(scope, conditions.join(" AND "));
  return {
    sql: where.sql,
    params: {
      ...where.params,
      ...(typeof errorTypeId === "number" ? { errorTypeId: uint32("error id", errorTypeId) } : {}),
      ...(viewerId === null ? {} : { viewerId }),
      ...(ids === null ? {} : { ids }),
    },
  };
}

const OF_VIEWER = "(viewer_id_key = cityHash64({viewerId: String}) OR mux_viewer_id = {viewerId: String})";

const AFTER_END = "fromUnixTimestamp64Milli({afterEndMs: Int64}, 'UTC')";
const NEXT_OF_EQUALS = `view_end = ${AFTER_END} AND view_id > {afterViewId: String}`;
const BEHIND = {
  asc: ` AND (view_end > ${AFTER_END} OR ${NEXT_OF_EQUALS})`,
  desc: ` AND (view_end < ${AFTER_END} OR ${NEXT_OF_EQUALS})`,
} as const;

function errorCondition(errorTypeId: number | "any" | null): string {
  if (errorTypeId === null) return "";
  return errorTypeId === "any"
    ? " AND isNotNull(error_type_id)"
    : " AND ifNull(error_type_id = {errorTypeId: UInt32}, 0)";
}
