import { BUCKET_MS } from "../../domain/monitoring/socket-wire.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { END_MS } from "../queries/generate-views.ts";
import { timeText } from "../queries/ranges.ts";

const HOUR_MS = 3_600_000;
const EVENTS_FROM_MS = Date.UTC(2026, 0, 14, 12);
const BEAT_SECONDS = BUCKET_MS / 1_000;

/**
 * Fills a store of generated views with what else the Data API answers from: the beats of a busy hour, which ends with the
 * views; the events of the hour that `someView` lies in; and up to when everything is stored. Made anew each time, within a
 * minute.
 */
export async function fillLiveRows(clickhouse: ClickHouse): Promise<void> {
  // by the engine's clock, which is today's, these rows are long gone
  await clickhouse.command("ALTER TABLE monitoring MODIFY TTL bucket + INTERVAL 20 YEAR", {
    settings: { materialize_ttl_after_modify: 0 },
  });
  for (const table of ["monitoring", "events", "stored_until"]) await clickhouse.command(`TRUNCATE TABLE ${table}`);
  await clickhouse.command(BEATS);
  await clickhouse.command(EVENTS);
  await clickhouse.insert("stored_until", ["topic", "as_of"], [["beacons", new Date(END_MS)]]);
}

const bucketOf = (column: string) => `intDiv(toUnixTimestamp(${column}), ${BEAT_SECONDS})`;
const HOUR_BUCKETS = HOUR_MS / BUCKET_MS;
const LAST_BUCKET = END_MS / BUCKET_MS;
/** Hours whose views are played again in the last one: days end with little going on. */
const HOURS_IN_ONE = 6;

/** A beat each 5 seconds from the start of a view to its end; who waits for the first frame does so in the first of them. */
const BEATS = `
INSERT INTO beats (environment_id, bucket, view_id, version, video_title, video_id, video_series, sub_property_id, asset_id,
  playback_id, live_stream_id, viewer_id, country, region, cdn, device_category, operating_system, browser, player_name,
  stream_type, view_has_ad, asn, concurrent, starting_up, watch_ms, rebuffer_ms, start_attempt, startup_ms, startup_failure,
  exit_before_start, playback_failure, bitrate)
SELECT environment_id, toDateTime(slot * ${BEAT_SECONDS}, 'UTC'), view_id, 1, video_title, video_id, video_series, sub_property_id, asset_id,
  playback_id, live_stream_id, viewer_id, country, region, cdn, device_category, operating_system, browser, player_name,
  stream_type, view_has_ad, asn, 1, slot = start, ${BUCKET_MS}, if(slot = stalled, 2000, 0), slot = start,
  if(slot = start, startup_ms, NULL), slot = start AND video_startup_failure, slot = end AND exit_before_video_start,
  slot = end AND playback_failure, ifNull(video_source_bitrate, 0)
FROM (
  SELECT *, viewer_id, ${bucketOf("view_start")} AS began,
    toUInt32(${LAST_BUCKET - HOUR_BUCKETS} + began % ${HOUR_BUCKETS}) AS start,
    toUInt32(start + ${bucketOf("view_end")} - began) AS end,
    if(rebuffer_count > 0, intDiv(start + end, 2), 0) AS stalled
  FROM views FINAL
  WHERE view_start >= '${timeText(END_MS - HOURS_IN_ONE * HOUR_MS)}' AND view_start < '${timeText(END_MS)}'
)
ARRAY JOIN range(start, least(end, ${LAST_BUCKET}) + 1) AS slot`;

const LAST = "greatest(event_count, 4)";
const ELAPSED_MS = `intDiv(n * dateDiff('millisecond', first_seen, view_end), ${LAST})`;

/** As many as their view says, evenly between its start and its end. */
const EVENTS = `
INSERT INTO events (environment_id, view_id, sequence, late, view_first_seen, name, server_time, sent_time, viewer_time,
  playhead_ms, details, expires_on)
SELECT environment_id, view_id, n, 0, first_seen,
  multiIf(n = 1, 'viewstart', n = 2, 'play', n = 3, 'playing', n = ${LAST} AND ended = 1, 'viewend', 'hb'),
  addMilliseconds(first_seen, ${ELAPSED_MS}) AS at, at, at, n * 1000,
  concat('{"player_playhead_time":', toString(n * 1000), ',"view_sequence_number":', toString(n),
    ',"player_width":1280,"player_height":720,"player_is_paused":false,"video_source_url":"', source_url,
    '","view_watch_time":', toString(${ELAPSED_MS}), ',"view_rebuffer_count":0,"view_total_downscaling":0}'),
  expires_on
FROM views FINAL ARRAY JOIN range(1, toUInt32(${LAST}) + 1) AS n
WHERE first_seen >= '${timeText(EVENTS_FROM_MS)}' AND first_seen < '${timeText(EVENTS_FROM_MS + HOUR_MS)}'`;
