import { BUCKET_MS, WINDOW_MS } from "../../domain/monitoring/socket-wire.ts";
import { END_MS } from "../queries/generate-views.ts";
import { LARGEST_ENVIRONMENT } from "../queries/generated-columns.ts";
import { ended, SETTINGS, started } from "../queries/hand-written.ts";
import { timeText } from "../queries/ranges.ts";

/** SQL for what `bench/queries` does not ask, as a person would write it who knows the tables. */

const parts = (columns: string, where: string) =>
  `(SELECT ${columns}renditions FROM views FINAL WHERE ${where}) ARRAY JOIN renditions AS part`;

const MINUTE_MS = 60_000;

const HEIGHT = "if(part.height = 0, '', toString(part.height))";

export const traceElements = (from: string, to: string) => `
SELECT arrayJoin(arrayDistinct(video_cdn_trace)) AS value, toFloat64(count()) AS total_count FROM views FINAL
WHERE ${ended(from, to)} GROUP BY value ORDER BY total_count DESC, value LIMIT 25 ${SETTINGS}`;

export const renditionTime = (from: string, to: string) =>
  `SELECT toFloat64(sum(part.playing_ms)) AS metric_value FROM ${parts("", started(from, to))} ${SETTINGS}`;

/** Of two countries. */
export const renditionComparison = (from: string, to: string) => `
SELECT toString(country) AS dimension_value, ${HEIGHT} AS breakdown_value, toFloat64(sum(part.playing_ms)) AS metric_value
FROM ${parts("country, ", `${started(from, to)} AND country IN ('DE', 'US')`)}
GROUP BY dimension_value, breakdown_value ORDER BY dimension_value, metric_value DESC, breakdown_value ${SETTINGS}`;

export const renditionsByDay = (from: string, to: string) => `
SELECT formatDateTime(toStartOfDay(view_start), '%Y-%m-%dT00:00:00.000Z') AS date, ${HEIGHT} AS breakdown_value,
  toFloat64(sum(part.playing_ms)) AS metric_value
FROM ${parts("view_start, ", started(from, to))}
GROUP BY date, breakdown_value ORDER BY date, metric_value DESC, breakdown_value ${SETTINGS}`;

export const renditionTimeByCountry = (from: string, to: string) => `
SELECT toString(country) AS value, toFloat64(sum(part.playing_ms)) AS playing_time
FROM ${parts("country, ", started(from, to))} GROUP BY value ORDER BY playing_time DESC, value LIMIT 25 ${SETTINGS}`;

/** Of the view that `someView` gives. */
export const eventsOf = (viewId: string) => () =>
  `SELECT * FROM events WHERE environment_id = ${LARGEST_ENVIRONMENT} AND view_id = '${viewId}' ORDER BY viewer_time, sequence`;

/** How often each hundredth of it was played: the time spent in it by its length. And views that played any of it. */
export const engagement = (column: "video_id" | "asset_id" | "playback_id", id: string) => {
  const rows = (from: string, to: string) => `
WITH (SELECT (quantileExactLow(0.5)(source_duration_ms) / 100, count()) FROM views FINAL WHERE ${playedFrom(column, id, from, to)}) AS whole,
  whole.1 AS width
SELECT hundredth, sum(least(played.2, (hundredth + 1) * width) - greatest(played.1, hundredth * width)) / width AS times,
  toFloat64(whole.2) AS total_views
FROM (SELECT arrayJoin(playback_ranges) AS played FROM views FINAL WHERE ${playedFrom(column, id, from, to)})
ARRAY JOIN range(toUInt32(floor(played.1 / width)), toUInt32(least(ceil(played.2 / width), 100))) AS hundredth
GROUP BY hundredth HAVING times >= 0.0005 ORDER BY hundredth`;
  return {
    hundredths: (from: string, to: string) => `${rows(from, to)} ${SETTINGS}`,
    inOneRow: (from: string, to: string) =>
      `SELECT any(total_views) AS total_views, groupArray(times) AS heatmap FROM (${rows(from, to)}) ${SETTINGS}`,
  };
};

const playedFrom = (column: string, id: string, from: string, to: string) =>
  `${started(from, to)} AND ${column}_key = cityHash64('${id}') AND stream_type != 'live' AND notEmpty(playback_ranges) AND playing_ms > 0`;

const beats = (fromMs: number, toMs: number) =>
  `monitoring FINAL WHERE environment_id = ${LARGEST_ENVIRONMENT} AND bucket >= '${timeText(fromMs)}' AND bucket < '${timeText(toMs)}'`;

/** The last 30 minutes, the bucket that has begun included. */
export const concurrentOverTime = () => `
SELECT toFloat64(toUnixTimestamp(bucket)) * 1000 AS start_ms, toFloat64(sum(concurrent)) AS concurrent_viewers
FROM ${beats(END_MS + BUCKET_MS - WINDOW_MS, END_MS + BUCKET_MS)} GROUP BY bucket ORDER BY bucket`;

/** Now. */
export const concurrentByTitle = () => `
SELECT toString(video_title_key) AS title_key, toFloat64(sum(concurrent)) AS concurrent_viewers,
  toFloat64(sum(starting_up)) AS starting_up_viewers
FROM ${beats(END_MS, END_MS + BUCKET_MS)} GROUP BY title_key ORDER BY concurrent_viewers DESC LIMIT 25`;

/** What keys stand for. */
export const namesOfTitles = (keys: readonly string[]) => () =>
  `
SELECT key, any(value) AS name FROM dimension_values
WHERE environment_id = ${LARGEST_ENVIRONMENT} AND dimension = 'video_title' AND key IN (${keys.join(", ")}) GROUP BY key`;

/** Which of these views play. */
export const playing = (ids: readonly string[]) => () =>
  `
SELECT view_id, max(bucket) AS played FROM ${beats(END_MS - MINUTE_MS, END_MS + BUCKET_MS)} AND view_id IN ('${ids.join("', '")}')
GROUP BY view_id HAVING argMax(concurrent + starting_up, bucket) > 0`;

/** `as_of` of live answers. */
export const storedUntil = () => "SELECT max(as_of) AS as_of FROM stored_until WHERE topic = 'beacons'";

export const fourNumbersByCountry = (from: string, to: string) => `
SELECT toString(country) AS field, quantilesExactInclusive(0.5, 0.95)(startup_ms) AS startup, startup[1] AS median, startup[2] AS p95,
  sum(rebuffer_ms) / sum(watch_ms) AS rebuffering, avg(viewer_experience_score) AS score,
  count(startup_ms) AS startup_views, countIf(watch_ms > 0) AS watched_views, count(viewer_experience_score) AS score_views
FROM views FINAL WHERE ${ended(from, to)} GROUP BY country ORDER BY field ${SETTINGS}`;

/** What a customer writes, who sees rows of one environment alone and each once. */
export const customersSql = (from: string, to: string) => `
SELECT toString(country) AS field, count() AS views, avg(startup_ms) AS startup FROM views
WHERE view_end >= '${from}' AND view_end < '${to}' AND counted = 1 AND bot = 0 GROUP BY field ORDER BY field`;

export const customersSqlByHand = (from: string, to: string) => `
SELECT toString(country) AS field, toFloat64(count()) AS views, avg(startup_ms) AS startup FROM views FINAL
WHERE ${ended(from, to)} GROUP BY field ORDER BY field ${SETTINGS}`;
