import { LARGEST_ENVIRONMENT } from "./generated-columns.ts";

/**
 * The same answers as a person would ask for them who knows the tables and needs nothing else: no parameters, no columns that
 * the answer does not show. Versions have to be told apart by them too (FINAL).
 */
export function handWritten(viewId: string, insightColumns: readonly InsightColumn[]) {
  return {
    medianStartup: (from: string, to: string) => startup("quantileExactInclusive(0.5)", ended(from, to)),
    p95Startup: (from: string, to: string) => startup("quantileExactInclusive(0.95)", ended(from, to)),
    rebuffering: (from: string, to: string) => `
SELECT sum(rebuffer_ms) / sum(watch_ms) AS value, toFloat64(count()) AS total_views, ${TIMES}
FROM views FINAL WHERE ${ended(from, to)} AND watch_ms > 0 ${SETTINGS}`,
    playingTime: (from: string, to: string) => `
SELECT toFloat64(sum(playing_ms)) AS value, toFloat64(count()) AS total_views, ${TIMES}
FROM views FINAL WHERE ${started(from, to)} ${SETTINGS}`,
    views: (from: string, to: string) => `
SELECT toFloat64(count()) AS value, value AS total_views, ${TIMES} FROM views FINAL WHERE ${started(from, to)} ${SETTINGS}`,
    viewers: (from: string, to: string) => `
SELECT toFloat64(uniqExact(viewer_id_key)) AS value, toFloat64(count()) AS total_views, ${TIMES} FROM views FINAL
WHERE ${started(from, to)} AND viewer_id_key != cityHash64('') ${SETTINGS}`,
    byCountry: (from: string, to: string) => worstCountries(ended(from, to)),
    byTitle: (from: string, to: string) =>
      busiest("video_title_key", "quantileExactInclusive(0.5)(startup_ms)", ended(from, to), "startup_ms"),
    byCustom: (from: string, to: string) =>
      busiest("custom_2_key", "avg(viewer_experience_score)", ended(from, to), "viewer_experience_score"),
    viewsByHour: (from: string, to: string) => points("toStartOfHour(view_start)", "count()", started(from, to)),
    playingByDay: (from: string, to: string) =>
      points("toStartOfDay(view_start)", "sum(playing_ms)", started(from, to)),
    startupByHour: (from: string, to: string) =>
      points(
        "toStartOfHour(view_end)",
        "quantileExactInclusive(0.5)(startup_ms)",
        `${ended(from, to)} AND startup_ms IS NOT NULL`,
      ),
    threeFilters: (from: string, to: string) =>
      startup(
        "quantileExactInclusive(0.95)",
        `${ended(from, to)} AND country IN ('US', 'DE', 'GB') AND cdn IN ('fastly', 'akamai') AND operating_system != 'tvOS'`,
      ),
    metricFilter: (from: string, to: string) =>
      startup("quantileExactInclusive(0.95)", `${ended(from, to)} AND rebuffer_count >= 2`),
    comparison,
    insights: (from: string, to: string) => insights(ended(from, to), insightColumns),
    viewList: (from: string, to: string) => viewList(ended(from, to)),
    failedViews: (from: string, to: string) => viewList(`${ended(from, to)} AND error_type_id IS NOT NULL`),
    errors: (from: string, to: string) => `
SELECT * FROM (
  SELECT error_type_id AS id, argMax(error_code, view_end) AS code, argMax(error_message, view_end) AS message, toFloat64(count()) AS count,
    count / sum(count) OVER () AS percentage, toFloat64(toUnixTimestamp64Milli(max(view_end))) AS last_seen_ms
  FROM views FINAL WHERE ${ended(from, to)} GROUP BY error_type_id
)
WHERE id IS NOT NULL ORDER BY count DESC, id LIMIT 1000 ${SETTINGS}`,
    titles: (from: string, to: string) => `
SELECT toString(video_title_key) AS field, toFloat64(count()) AS total_count
FROM views FINAL WHERE ${ended(from, to)} GROUP BY video_title_key ORDER BY total_count DESC, field LIMIT 25 ${SETTINGS}`,
    oneView: () => `
SELECT *, view_id AS viewId, toFloat64(watch_ms) AS watchMs FROM views
WHERE environment_id = ${LARGEST_ENVIRONMENT} AND view_id = '${viewId}' ORDER BY version DESC LIMIT 1`,
    renditions: (from: string, to: string) => `
SELECT [if(part.height = 0, '', toString(part.height))] AS breakdown_values, toFloat64(sum(part.playing_ms)) AS metric_value
FROM (SELECT renditions FROM views FINAL WHERE ${started(from, to)})
ARRAY JOIN renditions AS part GROUP BY breakdown_values ORDER BY metric_value DESC, breakdown_values LIMIT 25 ${SETTINGS}`,
  };
}

export const SETTINGS =
  "SETTINGS do_not_merge_across_partitions_select_final = 1, use_skip_indexes_if_final = 1, use_skip_indexes_if_final_exact_mode = 1, compile_expressions = 0";

/** Of the views that the number is made of; answers of one number and breakdowns show them beside it. */
const TIMES = "toFloat64(sum(watch_ms)) AS total_watch_time, toFloat64(sum(playing_ms)) AS total_playing_time";

const inRange = (column: string, from: string, to: string) =>
  `environment_id = ${LARGEST_ENVIRONMENT} AND ${column} >= '${from}' AND ${column} < '${to}' AND counted AND NOT bot`;
export const ended = (from: string, to: string) => inRange("view_end", from, to);
export const started = (from: string, to: string) => inRange("view_start", from, to);

function startup(aggregate: string, where: string): string {
  return `
SELECT ${aggregate}(startup_ms) AS value, toFloat64(count()) AS total_views, ${TIMES} FROM views FINAL
WHERE ${where} AND startup_ms IS NOT NULL ${SETTINGS}`;
}

function busiest(key: string, aggregate: string, where: string, held: string): string {
  return `
SELECT toString(${key}) AS field, toFloat64(${aggregate}) AS value, toFloat64(count()) AS views, ${TIMES} FROM views FINAL
WHERE ${where} AND ${held} IS NOT NULL GROUP BY ${key} ORDER BY views DESC, ${key} LIMIT 25 ${SETTINGS}`;
}

function points(bucket: string, aggregate: string, where: string): string {
  return `
SELECT toFloat64(toUnixTimestamp(${bucket})) * 1000 AS start_ms, toFloat64(${aggregate}) AS value, toFloat64(count()) AS views
FROM views FINAL WHERE ${where} GROUP BY start_ms ORDER BY start_ms ${SETTINGS}`;
}

/** Order by place, the worst first. */
function worstCountries(where: string): string {
  return `
WITH (SELECT quantileExactInclusive(0.5)(startup_ms) FROM views FINAL WHERE ${where}) AS whole
SELECT toString(country) AS field, toFloat64(quantileExactInclusive(0.5)(startup_ms)) AS value, toFloat64(count()) AS views,
  ${TIMES}, (value - whole) * views / sum(views) OVER () AS impact
FROM views FINAL WHERE ${where} AND startup_ms IS NOT NULL
GROUP BY field ORDER BY impact DESC, views DESC, field LIMIT 25 ${SETTINGS}`;
}

function viewList(where: string): string {
  return `
SELECT view_id, toFloat64(toUnixTimestamp64Milli(view_start)) AS view_start_ms, toFloat64(toUnixTimestamp64Milli(view_end)) AS view_end_ms,
  video_title, viewer_id, operating_system, browser, country, toFloat64(views.watch_ms) AS watch_ms, viewer_experience_score,
  playback_failure, error_type_id, error_code, error_message,
  toFloat64((SELECT count() FROM views FINAL WHERE ${where})) AS total_row_count
FROM views FINAL
WHERE environment_id = ${LARGEST_ENVIRONMENT} AND (first_seen, view_id) IN
  (SELECT first_seen, view_id FROM views FINAL WHERE ${where} ORDER BY view_end DESC, view_id LIMIT 25)
ORDER BY views.view_end DESC, view_id ${SETTINGS}`;
}

/** A dimension that insights look at. */
export interface InsightColumn {
  id: string;
  groupSql: string;
  textSql: (name: string) => string;
}

function insights(where: string, columns: readonly InsightColumn[]): string {
  const pick = (of: (column: InsightColumn, at: number) => string) =>
    `multiIf(${columns.map((column, at) => `grouping(g${at}) = 0, ${of(column, at)}`).join(", ")}, '')`;
  return `
WITH (SELECT (avg(startup_ms), count()) FROM views FINAL WHERE ${where} AND startup_ms IS NOT NULL) AS whole
SELECT ${pick(({ id }) => `'${id}'`)} AS dimension, ${pick(({ textSql }, at) => textSql(`g${at}`))} AS field,
  avg(startup_ms) AS value, (value - whole.1) * count() / whole.2 AS impact, toFloat64(count()) AS views, ${TIMES}
FROM (
  SELECT startup_ms, watch_ms, playing_ms, ${columns.map(({ groupSql }, at) => `${groupSql} AS g${at}`).join(", ")}
  FROM views FINAL WHERE ${where} AND startup_ms IS NOT NULL
)
GROUP BY GROUPING SETS (${columns.map((_, at) => `(g${at})`).join(", ")})
HAVING impact > 0 ORDER BY impact DESC, views DESC, dimension, field LIMIT 25 ${SETTINGS}`;
}

/** Each number goes by its own time of a view, so both are looked at. */
function comparison(from: string, to: string): string {
  const both = (column: string) => `quantilesExactInclusiveIf(0.5, 0.95)(${column}, e)`;
  const spreads = [
    "startup_ms",
    "player_startup_ms",
    "page_load_ms",
    "aggregate_startup_ms",
    "rebuffer_ms",
    "rebuffer_count",
  ];
  const scales = ["upscale_ratio", "downscale_ratio", "max_upscale_ratio", "max_downscale_ratio"];
  const scores = ["viewer_experience", "playback_success", "startup_time", "smoothness", "video_quality"];
  return `
SELECT
  toFloat64(countIf(s)) AS views_count, countIf(e) AS ended, toFloat64(sumIf(playing_ms, s)) AS playing_time_sum,
  sumIf(watch_ms, s) AS watched, toFloat64(uniqExactIf(viewer_id_key, s AND viewer_id_key != cityHash64(''))) AS unique_viewers_count,
  ${scores.map((name) => `avgIf(${name}_score, e) AS ${name}_score_avg`).join(", ")},
  avgIf(playback_failure, e) AS failures, avgIf(video_startup_failure, e) AS startup_failures,
  avgIf(exit_before_video_start, e) AS exits, sumIf(seek_ms, e) / sumIf(seek_count, e) AS seek_latency,
  sumIf(rebuffer_ms, e) / sumIf(watch_ms, e) AS rebuffer_percentage_avg,
  sumIf(rebuffer_count, e) / sumIf(watch_ms, e) * 60000 AS rebuffer_frequency_avg,
  avgIf(upscale_ratio, e) AS upscale_avg, avgIf(downscale_ratio, e) AS downscale_avg,
  ${[...spreads, ...scales].map((name) => `${both(name)} AS q_${name}`).join(", ")},
  q_startup_ms[1] AS video_startup_time_median, q_startup_ms[2] AS video_startup_time_95th,
  q_max_downscale_ratio[2] AS max_downscale_percentage_95th
FROM (
  SELECT *, viewer_id_key, view_start >= '${from}' AND view_start < '${to}' AS s, view_end >= '${from}' AND view_end < '${to}' AS e
  FROM views FINAL
  WHERE environment_id = ${LARGEST_ENVIRONMENT} AND view_end >= '${from}' AND view_start < '${to}' AND counted AND NOT bot
) WHERE s OR e ${SETTINGS}`;
}
