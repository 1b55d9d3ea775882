import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { Beat } from "../../domain/monitoring/beat.ts";
import type { BeatDimensions } from "../../domain/monitoring/beat-dimensions.ts";
import type { ViewRecord } from "../../domain/view/view-record.ts";
import type { ViewState } from "../../domain/view/view-state.ts";
import { dateTime64, expiry, uint32 } from "./column-values.ts";
import { encodeRecord, RECORD_COLUMN_NAMES } from "./encode-value.ts";

/** Values of one row, in the order of the table's column list below. */
export type Row = readonly unknown[];

/** What the sink writes, by table; nobody else writes these tables. */
export const COLUMNS = {
  events: [
    "environment_id",
    "view_id",
    "sequence",
    "late",
    "view_first_seen",
    "name",
    "server_time",
    "sent_time",
    "viewer_time",
    "playhead_ms",
    "details",
    "error_severity",
    "error_type",
    "expires_on",
  ],
  views: ["environment_id", "first_seen", "view_id", "version", ...RECORD_COLUMN_NAMES, "expires_on"],
  beats: [
    "environment_id",
    "bucket",
    "view_id",
    "version",
    "video_title",
    "video_id",
    "video_series",
    "sub_property_id",
    "country",
    "cdn",
    "device_category",
    "operating_system",
    "browser",
    "player_name",
    "stream_type",
    "asn",
    "region",
    "asset_id",
    "playback_id",
    "live_stream_id",
    "viewer_id",
    "view_has_ad",
    "concurrent",
    "starting_up",
    "watch_ms",
    "rebuffer_ms",
    "start_attempt",
    "startup_ms",
    "startup_failure",
    "exit_before_start",
    "playback_failure",
    "bitrate",
  ],
} as const;

export type SinkTable = keyof typeof COLUMNS;

/** Everything a view's row is made of. */
export interface ViewRowSource {
  environmentId: EnvironmentId;
  view: ViewState;
  record: ViewRecord;
  /** The highest of a view's rows counts. */
  version: number;
}

export function viewRow({ environmentId, view, record, version }: ViewRowSource): Row {
  const { firstSeenMs, viewId, context } = view;
  return [
    environmentId,
    dateTime64(firstSeenMs),
    viewId,
    version,
    ...encodeRecord(record),
    expiry(firstSeenMs, context.retentionDays),
  ];
}

export function beatRow(
  environmentId: EnvironmentId,
  view: ViewState,
  beat: Beat,
  dimensions: BeatDimensions,
  version: number,
): Row {
  return [
    environmentId,
    Math.floor(beat.bucketMs / 1_000),
    view.viewId,
    version,
    dimensions.videoTitle,
    dimensions.videoId,
    dimensions.videoSeries,
    dimensions.subPropertyId,
    dimensions.country,
    dimensions.cdn,
    dimensions.deviceCategory,
    dimensions.operatingSystem,
    dimensions.browser,
    dimensions.playerName,
    dimensions.streamType,
    dimensions.asn,
    dimensions.region,
    dimensions.assetId,
    dimensions.playbackId,
    dimensions.liveStreamId,
    dimensions.viewerId,
    Number(dimensions.hasAd),
    Number(beat.concurrent),
    Number(beat.startingUp),
    beat.watchMs,
    beat.rebufferMs,
    Number(beat.startAttempt),
    beat.startupMs === null ? null : uint32(beat.startupMs),
    Number(beat.startupFailure),
    Number(beat.exitBeforeStart),
    Number(beat.playbackFailure),
    uint32(beat.bitrate),
  ];
}
