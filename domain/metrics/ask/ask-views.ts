import type { Scope } from "../scope.ts";
import { type Page, type PagedQuestion, pageParams } from "./page.ts";
import { inRange, SETTINGS, scopeClause } from "./scope-clause.ts";
import { uint32 } from "./uint32.ts";
import { type Direction, directionSql } from "./value-order.ts";

export interface ViewListOptions extends Page {
  /** Of the end of views. */
  direction: Direction;
  /** Only views with this `error_type_id`, or with any. */
  errorTypeId: number | "any" | null;
}

/** Answer of {@link askViews}: what a list of views shows (data-api.md §2.2). */
export interface ViewListRow {
  view_id: string;
  view_start_ms: number;
  view_end_ms: number;
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
export function askViews(scope: Scope, { direction, errorTypeId, ...page }: ViewListOptions): PagedQuestion {
  const where = scopeClause(scope, `${inRange("view_end")}${errorCondition(errorTypeId)}`);
  const order = directionSql(direction);
  const errorParams = typeof errorTypeId === "number" ? { errorTypeId: uint32("error id", errorTypeId) } : {};
  return {
    sql: `
SELECT
  view_id,
  toFloat64(toUnixTimestamp64Milli(view_start)) AS view_start_ms,
  toFloat64(toUnixTimestamp64Milli(view_end)) AS view_end_ms,
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
  SELECT first_seen, view_id FROM views FINAL WHERE ${where.sql} ORDER BY view_end ${order}, view_id LIMIT {limit: UInt32} OFFSET {offset: UInt32}
) AND ${where.sql}
ORDER BY views.view_end ${order}, view_id
${SETTINGS}`,
    params: { ...where.params, ...pageParams(page), ...errorParams },
  };
}

function errorCondition(errorTypeId: number | "any" | null): string {
  if (errorTypeId === null) return "";
  return errorTypeId === "any"
    ? " AND isNotNull(error_type_id)"
    : " AND ifNull(error_type_id = {errorTypeId: UInt32}, 0)";
}
