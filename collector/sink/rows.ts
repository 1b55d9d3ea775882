import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { Beat } from "../../domain/monitoring/beat.ts";
import type { BeatDimensions } from "../../domain/monitoring/beat-dimensions.ts";
import type { DerivedView } from "../../domain/view/derive.ts";
import { countSequences } from "../../domain/view/sequence-set.ts";
import { numberField, textField, type ViewState } from "../../domain/view/view-state.ts";
import { type DeviceFacts, playerSoftware, type ViewDimensions } from "../../domain/view/viewer-facts.ts";
import { clamp, dateTime64, expiry } from "./column-values.ts";

/** Values of one row, in the order of the table's column list below. */
export type Row = readonly unknown[];

/** What the sink writes, by table; nobody else writes these tables. */
export const COLUMNS = {
  events: [
    "environment_id",
    "view_id",
    "sequence",
    "view_first_seen",
    "name",
    "server_time",
    "viewer_time",
    "playhead_ms",
    "details",
    "expires_on",
  ],
  views: [
    "environment_id",
    "first_seen",
    "view_id",
    "version",
    "counted",
    "view_start",
    "view_end",
    "ended",
    "event_count",
    "sample_rate",
    "country",
    "viewer_address",
    "browser",
    "browser_version",
    "operating_system",
    "operating_system_version",
    "device_category",
    "device_manufacturer",
    "device_model",
    "cdn",
    "player_name",
    "player_version",
    "player_software",
    "stream_type",
    "sub_property_id",
    "video_id",
    "video_title",
    "video_series",
    "startup_ms",
    "watch_ms",
    "rebuffer_count",
    "rebuffer_ms",
    "seek_count",
    "seek_ms",
    "max_playhead_ms",
    "request_count",
    "request_failed_count",
    "playback_failure",
    "video_startup_failure",
    "exit_before_video_start",
    "error_code",
    "error_message",
    "attributes",
    "expires_on",
  ],
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

const UINT32_MAX = 4_294_967_295;

/** Everything a view's row is made of. */
export interface ViewRowSource {
  environmentId: EnvironmentId;
  view: ViewState;
  derived: DerivedView;
  dimensions: ViewDimensions;
  device: DeviceFacts;
  ended: boolean;
  version: number;
}

export function viewRow(source: ViewRowSource): Row {
  const { environmentId, view, derived, dimensions, device } = source;
  const error = view.errors.findLast((entry) => entry.fatal) ?? view.errors.at(-1);
  return [
    environmentId,
    dateTime64(view.firstSeenMs),
    view.viewId,
    source.version,
    Number(derived.counted),
    dateTime64(derived.viewStartMs),
    dateTime64(derived.viewEndMs),
    Number(source.ended),
    uint32(countSequences(view.sequences)),
    numberField(view, "mux_sample_rate") ?? 1,
    dimensions.country,
    view.context.address,
    device.browser,
    device.browserVersion,
    device.os,
    device.osVersion,
    device.category,
    device.manufacturer,
    device.model,
    dimensions.cdn,
    dimensions.playerName,
    textField(view, "player_version"),
    playerSoftware(view),
    dimensions.streamType,
    dimensions.subPropertyId,
    dimensions.videoId,
    dimensions.videoTitle,
    dimensions.videoSeries,
    derived.startupMs === null ? null : uint32(derived.startupMs),
    uint(derived.watchMs),
    uint32(derived.rebufferCount),
    uint(derived.rebufferMs),
    uint32(derived.seekCount),
    uint(derived.seekMs),
    uint(derived.maxPlayheadMs),
    uint32(view.requests.completed + view.requests.failed + view.requests.canceled),
    uint32(view.requests.failed),
    Number(derived.playbackFailure),
    Number(derived.videoStartupFailure),
    Number(derived.exitBeforeVideoStart),
    String(error?.code ?? ""),
    String(error?.message ?? ""),
    JSON.stringify(Object.fromEntries([...view.fields].map(([name, [, value]]) => [name, value]))),
    expiry(view.firstSeenMs, view.context.retentionDays),
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
    uint32(numberField(view, "video_source_bitrate") ?? 0),
  ];
}

function uint(value: number): number {
  return Math.round(clamp(value, 0, Number.MAX_SAFE_INTEGER));
}

function uint32(value: number): number {
  return Math.round(clamp(value, 0, UINT32_MAX));
}
