import type { PlaybackModeSpan, PlaybackRange, RenditionSpan, ViewRecord } from "./view-record.ts";

/** What a column of table `views` takes, by kind. */
interface Values {
  flag: boolean;
  maybeFlag: boolean | null;
  count: number;
  maybeCount: number | null;
  label: string;
  labels: readonly string[];
  ranges: readonly PlaybackRange[];
  renditions: readonly RenditionSpan[];
  modes: readonly PlaybackModeSpan[];
}

/** Kinds that share the values of another: they differ in how the store keeps them. */
interface SharedValues {
  time: number;
  ms: number;
  maybeMs: number | null;
  real: number;
  real32: number;
  maybeReal: number | null;
  maybeReal32: number | null;
  keyed: string;
  text: string;
}

export type ColumnKind = keyof Values | keyof SharedValues;

/** The store's type of each kind; a codec may stand behind it. */
export const COLUMN_TYPES: Readonly<Record<ColumnKind, string>> = {
  flag: "UInt8",
  maybeFlag: "Nullable(UInt8)",
  time: "DateTime64(3, 'UTC')",
  count: "UInt32",
  maybeCount: "Nullable(UInt32)",
  ms: "UInt64",
  maybeMs: "Nullable(UInt32)",
  real: "Float64",
  real32: "Float32",
  maybeReal: "Nullable(Float64)",
  maybeReal32: "Nullable(Float32)",
  label: "LowCardinality(String)",
  labels: "Array(LowCardinality(String))",
  /** More than about 1,000 values: `{column}_key` beside it holds cityHash64 of the text, to group and filter by. */
  keyed: "String",
  text: "String",
  ranges: "Array(Tuple(start_ms UInt32, end_ms UInt32))",
  renditions:
    "Array(Tuple(bitrate UInt32, width UInt32, height UInt32, fps Float32, codec String, name String, playing_ms UInt32))",
  modes: "Array(Tuple(mode String, data String, playing_ms UInt32))",
};

export interface Column<Value> {
  /** In table `views`. */
  name: string;
  kind: ColumnKind;
  /** Never set: ties the column to the type of its values. */
  value?: Value;
}

function kind<K extends ColumnKind>(of: K): (name: string) => Column<(Values & SharedValues)[K]> {
  return (name) => ({ name, kind: of });
}

const [flag, maybeFlag, time, count, maybeCount] = [
  kind("flag"),
  kind("maybeFlag"),
  kind("time"),
  kind("count"),
  kind("maybeCount"),
];
const [ms, maybeMs, real, real32, maybeReal, maybeReal32] = [
  kind("ms"),
  kind("maybeMs"),
  kind("real"),
  kind("real32"),
  kind("maybeReal"),
  kind("maybeReal32"),
];
const [label, labels, keyed, text] = [kind("label"), kind("labels"), kind("keyed"), kind("text")];
const [ranges, renditions, modes] = [kind("ranges"), kind("renditions"), kind("modes")];

/** Where each part of a record is kept. Names of columns are those of the API's dimensions where it has one. */
export const RECORD_COLUMNS: { readonly [P in keyof ViewRecord]: Column<ViewRecord[P]> } = {
  // Life cycle
  counted: flag("counted"),
  viewStartMs: time("view_start"),
  viewEndMs: time("view_end"),
  lastSeenMs: time("last_seen"),
  ended: flag("ended"),
  dropped: flag("view_dropped"),
  eventCount: count("event_count"),
  clampedTimeCount: count("clamped_time_count"),
  sampleRate: real32("sample_rate"),
  bot: flag("bot"),
  exitBeforeVideoStart: flag("exit_before_video_start"),
  // Viewer
  viewerId: keyed("viewer_id"),
  viewerUserId: keyed("viewer_user_id"),
  muxViewerId: text("mux_viewer_id"),
  sessionId: text("session_id"),
  viewSessionId: keyed("view_session_id"),
  userAgent: text("viewer_user_agent"),
  viewerAddress: text("viewer_address"),
  connectionType: label("viewer_connection_type"),
  viewerPlan: label("viewer_plan"),
  viewerPlanCategory: label("viewer_plan_category"),
  viewerPlanStatus: label("viewer_plan_status"),
  country: label("country"),
  continent: label("continent_code"),
  region: label("region"),
  city: keyed("city"),
  latitude: maybeReal32("latitude"),
  longitude: maybeReal32("longitude"),
  asn: count("asn"),
  asnName: label("asn_name"),
  // Device
  browser: label("browser"),
  browserVersion: text("browser_version"),
  browserEngine: label("browser_engine"),
  operatingSystem: label("operating_system"),
  operatingSystemVersion: text("operating_system_version"),
  deviceCategory: label("device_category"),
  deviceManufacturer: label("device_manufacturer"),
  deviceModel: label("device_model"),
  deviceName: label("device_name"),
  // Page and application
  pageType: label("page_type"),
  pageUrl: keyed("page_url"),
  clientApplicationName: label("client_application_name"),
  clientApplicationVersion: label("client_application_version"),
  // Player
  playerName: label("player_name"),
  playerVersion: label("player_version"),
  playerSoftware: label("player_software"),
  playerSoftwareVersion: label("player_software_version"),
  playerMuxPluginName: label("player_mux_plugin_name"),
  playerMuxPluginVersion: label("player_mux_plugin_version"),
  playerLanguage: label("player_language"),
  playerPoster: text("player_poster"),
  playerHeightPx: maybeCount("player_height"),
  playerWidthPx: maybeCount("player_width"),
  playerAutoplay: flag("player_autoplay"),
  playerPreload: flag("player_preload"),
  playerRemotePlayed: maybeFlag("player_remote_played"),
  playerInstanceId: text("player_instance_id"),
  playerViewCount: maybeCount("player_view_count"),
  muxApiVersion: label("mux_api_version"),
  muxEmbed: label("mux_embed"),
  muxEmbedVersion: label("mux_embed_version"),
  timeShiftEnabled: flag("time_shift_enabled"),
  usedCaptions: flag("used_captions"),
  usedFullscreen: flag("used_fullscreen"),
  usedPip: flag("used_pip"),
  // Source
  sourceUrl: text("source_url"),
  sourceHostname: label("source_hostname"),
  sourceDomain: label("source_domain"),
  sourceType: label("source_type"),
  sourceDurationMs: maybeMs("source_duration_ms"),
  streamType: label("stream_type"),
  // Video
  subPropertyId: keyed("sub_property_id"),
  videoId: keyed("video_id"),
  videoTitle: keyed("video_title"),
  videoSeries: keyed("video_series"),
  videoProducer: label("video_producer"),
  videoLanguage: label("video_language"),
  videoContentType: label("video_content_type"),
  videoDurationMs: maybeMs("video_duration_ms"),
  videoVariantId: keyed("video_variant_id"),
  videoVariantName: label("video_variant_name"),
  videoEncodingVariant: label("video_encoding_variant"),
  videoAffiliate: label("video_affiliate"),
  videoBrand: label("video_brand"),
  videoCreatorId: keyed("video_creator_id"),
  experimentName: label("experiment_name"),
  assetId: keyed("asset_id"),
  playbackId: keyed("playback_id"),
  liveStreamId: keyed("live_stream_id"),
  videoCodec: label("video_codec"),
  videoCodecInitial: label("video_codec_initial"),
  audioCodec: label("audio_codec"),
  audioCodecInitial: label("audio_codec_initial"),
  videoDynamicRangeType: label("video_dynamic_range_type"),
  videoDynamicRangeTypeInitial: label("video_dynamic_range_type_initial"),
  videoSourceBitrate: maybeCount("video_source_bitrate"),
  videoSourceBitrateInitial: maybeCount("video_source_bitrate_initial"),
  videoSourceFps: maybeReal32("video_source_fps"),
  videoSourceFpsInitial: maybeReal32("video_source_fps_initial"),
  videoSourceHeightPx: maybeCount("video_source_height"),
  videoSourceHeightInitialPx: maybeCount("video_source_height_initial"),
  videoSourceWidthPx: maybeCount("video_source_width"),
  videoSourceWidthInitialPx: maybeCount("video_source_width_initial"),
  // Delivery
  cdn: label("cdn"),
  cdnTrace: labels("video_cdn_trace"),
  cdnEdgePop: label("view_cdn_edge_pop"),
  cdnOrigin: label("view_cdn_origin"),
  drmType: label("view_drm_type"),
  drmLevel: label("view_drm_level"),
  // Errors
  errorTypeId: maybeCount("error_type_id"),
  errorCode: label("error_code"),
  errorMessage: text("error_message"),
  errorContext: text("error_context"),
  playbackFailure: flag("playback_failure"),
  videoStartupFailure: flag("video_startup_failure"),
  contentPlaybackFailure: flag("content_playback_failure"),
  adPlaybackFailure: flag("ad_playback_failure"),
  playbackBusinessException: flag("playback_business_exception"),
  videoStartupBusinessException: flag("video_startup_business_exception"),
  // Start
  startupMs: maybeMs("startup_ms"),
  contentStartupMs: maybeMs("content_startup_ms"),
  playerStartupMs: maybeMs("player_startup_ms"),
  pageLoadMs: maybeMs("page_load_ms"),
  aggregateStartupMs: maybeMs("aggregate_startup_ms"),
  prerollStartupMs: maybeMs("preroll_startup_ms"),
  prerollRequestMs: maybeMs("preroll_request_ms"),
  prerollLoadMs: maybeMs("preroll_load_ms"),
  prerollRequestCount: maybeCount("preroll_request_count"),
  // Time, on the wall clock
  watchMs: ms("watch_ms"),
  playingMs: ms("playing_ms"),
  contentPlayingMs: ms("content_playing_ms"),
  adPlayingMs: ms("ad_playing_ms"),
  prerollPlayingMs: ms("preroll_playing_ms"),
  midrollPlayingMs: ms("midroll_playing_ms"),
  postrollPlayingMs: ms("postroll_playing_ms"),
  rebufferCount: count("rebuffer_count"),
  rebufferMs: ms("rebuffer_ms"),
  longestRebufferMs: ms("longest_rebuffer_ms"),
  seekCount: count("seek_count"),
  seekMs: ms("seek_ms"),
  // Media time
  maxPlayheadMs: ms("max_playhead_ms"),
  contentPlaybackMs: ms("content_playback_ms"),
  playbackRanges: ranges("playback_ranges"),
  // Picture
  totalUpscaling: real("total_upscaling"),
  totalDownscaling: real("total_downscaling"),
  upscaleRatio: maybeReal("upscale_ratio"),
  downscaleRatio: maybeReal("downscale_ratio"),
  maxUpscaleRatio: maybeReal("max_upscale_ratio"),
  maxDownscaleRatio: maybeReal("max_downscale_ratio"),
  renditionChangeCount: count("rendition_change_count"),
  renditionUpshiftCount: count("rendition_upshift_count"),
  renditionDownshiftCount: count("rendition_downshift_count"),
  averageBitrate: maybeReal("average_bitrate"),
  renditions: renditions("renditions"),
  playbackModes: modes("playback_modes"),
  droppedFrameCount: maybeCount("dropped_frame_count"),
  liveLatencyMs: maybeMs("live_latency_ms"),
  // Requests
  requestCount: count("request_count"),
  requestFailedCount: count("request_failed_count"),
  requestCanceledCount: count("request_canceled_count"),
  requestBytes: ms("request_bytes"),
  requestLatencyMs: maybeReal("request_latency_ms"),
  maxRequestLatencyMs: maybeMs("max_request_latency_ms"),
  requestThroughput: maybeReal("request_throughput"),
  // Ads
  hasAd: flag("view_has_ad"),
  adRequestCount: count("ad_request_count"),
  adAttemptCount: count("ad_attempt_count"),
  adImpressionCount: count("ad_impression_count"),
  adBreakCount: count("ad_break_count"),
  adBreakErrorCount: count("ad_break_error_count"),
  adErrorCount: count("ad_error_count"),
  adStartupErrorCount: count("ad_startup_error_count"),
  adExitBeforeStartCount: count("ad_exit_before_start_count"),
  adClickedCount: count("ad_clicked_count"),
  adSkippedCount: count("ad_skipped_count"),
  prerollRequested: maybeFlag("preroll_requested"),
  prerollPlayed: maybeFlag("preroll_played"),
  prerollAdTagHostname: label("preroll_ad_tag_hostname"),
  prerollAdAssetHostname: label("preroll_ad_asset_hostname"),
  // Scores, 0..1; null where the formula has nothing to say (docs/metrics.md)
  playbackSuccessScore: maybeReal("playback_success_score"),
  startupTimeScore: maybeReal("startup_time_score"),
  smoothnessScore: maybeReal("smoothness_score"),
  videoQualityScore: maybeReal("video_quality_score"),
  viewerExperienceScore: maybeReal("viewer_experience_score"),
  // Customer dimensions
  custom1: keyed("custom_1"),
  custom2: keyed("custom_2"),
  custom3: keyed("custom_3"),
  custom4: keyed("custom_4"),
  custom5: keyed("custom_5"),
  custom6: keyed("custom_6"),
  custom7: keyed("custom_7"),
  custom8: keyed("custom_8"),
  custom9: keyed("custom_9"),
  custom10: keyed("custom_10"),
  custom11: keyed("custom_11"),
  custom12: keyed("custom_12"),
  custom13: keyed("custom_13"),
  custom14: keyed("custom_14"),
  custom15: keyed("custom_15"),
  custom16: keyed("custom_16"),
  custom17: keyed("custom_17"),
  custom18: keyed("custom_18"),
  custom19: keyed("custom_19"),
  custom20: keyed("custom_20"),
  // Everything else
  attributes: text("attributes"),
};
