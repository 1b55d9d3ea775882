import type { Question } from "../../monitoring/queries.ts";
import { IS_LIVE_SQL } from "../completion.ts";
import type { Scope } from "../scope.ts";
import { inRange, SETTINGS, scopeClause } from "./scope-clause.ts";
import { uint32 } from "./uint32.ts";

/** Answer of {@link askVideoLength}: always one row. */
export interface VideoLengthRow {
  /** Milliseconds; 0 where no view played anything. */
  length_ms: number;
}

/**
 * How long the video is that the views of a scope played: the median of what they tell, so that a few wrong ones change
 * nothing; of an even number the lower. Where none tells it, the furthest moment that was played, but for that of the
 * furthest twentieth of views.
 */
export function askVideoLength(scope: Scope): Question {
  const views = playedViews(scope, [
    "coalesce(nullIf(source_duration_ms, 0), nullIf(video_duration_ms, 0)) AS told_ms",
    "arrayMax(arrayMap(r -> r.2, played)) AS furthest_ms",
  ]);
  return {
    sql: `
SELECT toFloat64(coalesce(quantileExactLow(0.5)(told_ms), quantileExact(0.95)(furthest_ms), 0)) AS length_ms
FROM ${views.sql}
${SETTINGS}`,
    params: views.params,
  };
}

/** Answer of {@link askPlayedMoments}: what begins and ends in one cell of the video; cells without either are absent. */
export interface PlayedMomentsRow {
  /** From 0; `cells` itself holds what ends with the video. */
  cell: number;
  /** Ranges that begin in the cell less those that end in it. */
  net: number;
  /** How far into the cell they do, as a share of it, summed in the same way. */
  offset: number;
  /** Views whose first range is one that begins here: over all cells, the views. */
  views: number;
}

/**
 * Where the ranges begin and end that views played, in equal cells of the video; `playedTimes` makes numbers of it. So an
 * answer is small, and costs one step for each range however long that is.
 *
 * @throws RangeError for no length and for no cells
 */
export function askPlayedMoments(scope: Scope, lengthMs: number, cells: number): Question {
  const cut = "arrayMap(r -> (r.1, least(r.2, {lengthMs: Int64})), arrayFilter(r -> r.1 < {lengthMs: Int64}, played))";
  const views = playedViews(scope, [`${cut} AS cut`]);
  return {
    sql: `
SELECT
  toFloat64(intDiv(moment.1 * {cells: Int64}, {lengthMs: Int64})) AS cell,
  toFloat64(sum(moment.2)) AS net,
  sum(moment.2 * (moment.1 * {cells: Int64} % {lengthMs: Int64})) / {lengthMs: Int64} AS offset,
  toFloat64(countIf(place = 1)) AS views
FROM (SELECT arrayConcat(arrayMap(r -> (r.1, 1), cut), arrayMap(r -> (r.2, -1), cut)) AS moments FROM ${views.sql})
ARRAY JOIN moments AS moment, arrayEnumerate(moments) AS place
GROUP BY cell
ORDER BY cell
${SETTINGS}`,
    params: { ...views.params, lengthMs: uint32("length", lengthMs, 1), cells: uint32("cells", cells, 1) },
  };
}

/**
 * The views of a scope that started in its range and played something that has a place in the video, so none of a live
 * stream: a subquery in brackets. Column `played`: what they played, as (start, end) in milliseconds of the video.
 *
 * @param extras further columns, `SQL AS name`
 */
function playedViews(scope: Scope, extras: readonly string[]): Question {
  const where = scopeClause(scope, inRange("view_start"));
  return {
    sql: `(
  SELECT ${[PLAYED_SQL, ...extras].join(", ")}
  FROM views FINAL
  WHERE ${where.sql} AND NOT ${IS_LIVE_SQL} AND notEmpty(played)
)`,
    params: where.params,
  };
}

const PLAYED_SQL =
  "arrayFilter(r -> r.2 > r.1, arrayMap(r -> (toInt64(r.1), toInt64(r.2)), playback_ranges)) AS played";
