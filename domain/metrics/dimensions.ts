import type { ViewRecord } from "../view/view-record.ts";

/** Kind of a dimension's values. On the wire all are text; booleans are "true" and "false", "" is "has no value". */
export type DimensionType = "string" | "integer" | "number" | "boolean" | "version" | "url" | "sequence";

/** Something that views can be told apart by (data-api.md §5). */
export interface Dimension {
  /** Id of the Data API. */
  id: string;
  title: string;
  type: DimensionType;
  /** `basic` ones stay in long-term metrics. */
  level: "basic" | "advanced";
  /** May break a metric down; all may filter. */
  groupable: boolean;
  /** Part of a view's record that holds the value. */
  key: keyof ViewRecord;
  /** Field of the API's view record that shows it. */
  viewField: string;
}

type Row = [id: string, title: string, type: DimensionType, key: keyof ViewRecord, viewField?: string];

const basic = (...row: Row) => dimension("basic", true, ...row);
const advanced = (...row: Row) => dimension("advanced", true, ...row);
/** Only to be filtered by. */
const attribute = (...row: Row) => dimension("advanced", false, ...row);

/** Every dimension of the Data API, in the order of its reference. */
export const DIMENSIONS: readonly Dimension[] = [
  advanced("asn", "ASN", "integer", "asn"),
  basic("asset_id", "Asset ID", "string", "assetId"),
  advanced("audio_codec", "Audio Codec", "string", "audioCodec"),
  advanced("audio_codec_initial", "Audio Codec Initial", "string", "audioCodecInitial"),
  advanced(
    "ad_playback_failure",
    "Ad Playback Failure",
    "boolean",
    "adPlaybackFailure",
    "ad_playback_failure_error_type_id",
  ),
  basic("browser", "Browser", "string", "browser", "viewer_application_name"),
  advanced("browser_version", "Browser Version", "version", "browserVersion", "viewer_application_version"),
  basic("cdn", "CDN", "string", "cdn"),
  advanced("client_application_name", "Client Application Name", "string", "clientApplicationName"),
  advanced("client_application_version", "Client Application Version", "version", "clientApplicationVersion"),
  advanced(
    "content_playback_failure",
    "Content Playback Failure",
    "boolean",
    "contentPlaybackFailure",
    "playback_failure_error_type_id",
  ),
  basic("continent_code", "Continent Code", "string", "continent"),
  advanced("country", "Country", "string", "country", "country_code"),
  advanced("custom_1", "Custom 1", "string", "custom1"),
  advanced("custom_2", "Custom 2", "string", "custom2"),
  advanced("custom_3", "Custom 3", "string", "custom3"),
  advanced("custom_4", "Custom 4", "string", "custom4"),
  advanced("custom_5", "Custom 5", "string", "custom5"),
  advanced("custom_6", "Custom 6", "string", "custom6"),
  advanced("custom_7", "Custom 7", "string", "custom7"),
  advanced("custom_8", "Custom 8", "string", "custom8"),
  advanced("custom_9", "Custom 9", "string", "custom9"),
  advanced("custom_10", "Custom 10", "string", "custom10"),
  attribute("custom_11", "Custom 11", "string", "custom11"),
  attribute("custom_12", "Custom 12", "string", "custom12"),
  attribute("custom_13", "Custom 13", "string", "custom13"),
  attribute("custom_14", "Custom 14", "string", "custom14"),
  attribute("custom_15", "Custom 15", "string", "custom15"),
  attribute("custom_16", "Custom 16", "string", "custom16"),
  attribute("custom_17", "Custom 17", "string", "custom17"),
  attribute("custom_18", "Custom 18", "string", "custom18"),
  attribute("custom_19", "Custom 19", "string", "custom19"),
  attribute("custom_20", "Custom 20", "string", "custom20"),
  basic("exit_before_video_start", "Exited Before Video Start", "boolean", "exitBeforeVideoStart"),
  advanced("experiment_name", "Experiment Name", "string", "experimentName"),
  basic("live_stream_id", "Live Stream ID", "string", "liveStreamId"),
  basic("operating_system", "Operating System", "string", "operatingSystem", "viewer_os_family"),
  advanced(
    "operating_system_version",
    "Operating System Version",
    "version",
    "operatingSystemVersion",
    "viewer_os_version",
  ),
  advanced("page_type", "Page Type", "string", "pageType"),
  advanced("page_url", "Page URL", "url", "pageUrl"),
  advanced(
    "playback_business_exception",
    "Playback Business Exception",
    "boolean",
    "playbackBusinessException",
    "playback_business_exception_error_type_id",
  ),
  advanced("playback_failure", "Playback Failure", "boolean", "playbackFailure"),
  basic("playback_id", "Playback ID", "string", "playbackId"),
  advanced("player_autoplay", "Autoplay", "boolean", "playerAutoplay"),
  advanced("player_error_code", "Error Code", "string", "errorCode"),
  advanced("player_mux_plugin_name", "Plugin", "string", "playerMuxPluginName"),
  advanced("player_mux_plugin_version", "Plugin Version", "version", "playerMuxPluginVersion"),
  basic("player_name", "Player Name", "string", "playerName"),
  advanced("player_preload", "Preload", "boolean", "playerPreload"),
  advanced("player_remote_played", "Remote Played", "boolean", "playerRemotePlayed"),
  basic("player_software", "Player Software", "string", "playerSoftware"),
  advanced("player_software_version", "Player Software Version", "version", "playerSoftwareVersion"),
  advanced("player_version", "Player Version", "version", "playerVersion"),
  advanced("preroll_ad_asset_hostname", "Preroll Ad Asset Hostname", "string", "prerollAdAssetHostname"),
  advanced("preroll_ad_tag_hostname", "Preroll Ad Tag Hostname", "string", "prerollAdTagHostname"),
  advanced("preroll_played", "Preroll Played", "boolean", "prerollPlayed"),
  advanced("preroll_requested", "Preroll Requested", "boolean", "prerollRequested"),
  advanced("region", "Region / State", "string", "region"),
  advanced("source_hostname", "Source Hostname", "string", "sourceHostname", "player_source_host_name"),
  basic("source_type", "Source Type", "string", "sourceType", "player_source_type"),
  basic("stream_type", "Stream Type", "string", "streamType", "video_stream_type"),
  basic("sub_property_id", "Sub Property ID", "string", "subPropertyId"),
  advanced("time_shift_enabled", "Time Shift Enabled", "boolean", "timeShiftEnabled"),
  advanced("used_captions", "Used Captions", "boolean", "usedCaptions"),
  advanced("used_pip", "Used PiP", "boolean", "usedPip"),
  advanced("video_affiliate", "Video Affiliate", "string", "videoAffiliate"),
  advanced("video_brand", "Video Brand", "string", "videoBrand"),
  advanced("video_cdn_trace", "CDN Trace", "sequence", "cdnTrace"),
  advanced("video_codec", "Video Codec", "string", "videoCodec"),
  advanced("video_codec_initial", "Video Codec Initial", "string", "videoCodecInitial"),
  basic("video_content_type", "Content Type", "string", "videoContentType"),
  advanced("video_creator_id", "Video Creator ID", "string", "videoCreatorId"),
  advanced("video_dynamic_range_type", "Video Dynamic Range Type", "string", "videoDynamicRangeType"),
  advanced(
    "video_dynamic_range_type_initial",
    "Video Dynamic Range Type Initial",
    "string",
    "videoDynamicRangeTypeInitial",
  ),
  advanced("video_encoding_variant", "Encoding Variant", "string", "videoEncodingVariant"),
  basic("video_id", "Video ID", "string", "videoId"),
  basic("video_series", "Video Series", "string", "videoSeries"),
  advanced("video_source_bitrate", "Source Bitrate", "integer", "videoSourceBitrate"),
  advanced("video_source_bitrate_initial", "Source Bitrate Initial", "integer", "videoSourceBitrateInitial"),
  advanced("video_source_fps", "Source Framerate", "number", "videoSourceFps"),
  advanced("video_source_fps_initial", "Source Framerate Initial", "number", "videoSourceFpsInitial"),
  advanced("video_source_height", "Source Height", "integer", "videoSourceHeightPx"),
  advanced("video_source_height_initial", "Source Height Initial", "integer", "videoSourceHeightInitialPx"),
  advanced("video_source_width", "Source Width", "integer", "videoSourceWidthPx"),
  advanced("video_source_width_initial", "Source Width Initial", "integer", "videoSourceWidthInitialPx"),
  advanced(
    "video_startup_business_exception",
    "Video Startup Business Exception",
    "boolean",
    "videoStartupBusinessException",
    "video_startup_business_exception_error_type_id",
  ),
  basic("video_startup_failure", "Video Startup Failure", "boolean", "videoStartupFailure"),
  basic("video_title", "Video Title", "string", "videoTitle"),
  advanced("view_cdn_edge_pop", "CDN Edge PoP", "string", "cdnEdgePop"),
  advanced("view_cdn_origin", "Origin", "string", "cdnOrigin"),
  advanced("view_drm_level", "DRM Level", "string", "drmLevel"),
  advanced("view_drm_type", "DRM Type", "string", "drmType"),
  advanced("view_dropped", "View Dropped", "boolean", "dropped"),
  basic("view_has_ad", "View Has Ad", "boolean", "hasAd"),
  advanced("view_session_id", "View Session ID", "string", "viewSessionId"),
  advanced("viewer_connection_type", "Connection Type", "string", "connectionType"),
  basic("viewer_device_category", "Device Category", "string", "deviceCategory"),
  basic("viewer_device_manufacturer", "Device Brand", "string", "deviceManufacturer"),
  advanced("viewer_device_model", "Device Model", "string", "deviceModel"),
  basic("viewer_device_name", "Device Name", "string", "deviceName"),
  advanced("viewer_plan", "Viewer Plan", "string", "viewerPlan"),
  advanced("viewer_plan_category", "Viewer Plan Category", "string", "viewerPlanCategory"),
  advanced("viewer_plan_status", "Viewer Plan Status", "string", "viewerPlanStatus"),
  advanced("viewer_user_id", "Viewer ID", "string", "viewerId"),
  attribute("city", "City", "string", "city"),
  attribute("video_language", "Video Language", "string", "videoLanguage"),
  attribute("video_producer", "Video Producer", "string", "videoProducer"),
  attribute("video_variant_id", "Video Variant ID", "string", "videoVariantId"),
  attribute("video_variant_name", "Video Variant Name", "string", "videoVariantName"),
  attribute("player_language", "Player Language", "string", "playerLanguage"),
  attribute("used_fullscreen", "Used Full Screen", "boolean", "usedFullscreen"),
  attribute("player_height", "Player Height", "integer", "playerHeightPx"),
  attribute("player_width", "Player Width", "integer", "playerWidthPx"),
  attribute("video_duration", "Duration", "integer", "videoDurationMs"),
  attribute("player_instance_id", "Player Instance ID", "string", "playerInstanceId"),
  attribute("player_poster", "Player Poster", "url", "playerPoster"),
];

function dimension(level: Dimension["level"], groupable: boolean, ...row: Row): Dimension {
  const [id, title, type, key, viewField = id] = row;
  return { id, title, type, level, groupable, key, viewField };
}

/** Whether its values are numbers, though their text is what travels. */
export function isNumeric({ type }: Dimension): boolean {
  return type === "integer" || type === "number";
}

const BY_ID: ReadonlyMap<string, Dimension> = new Map(DIMENSIONS.map((each) => [each.id, each]));

/** null when there is none. */
export function dimensionById(id: string): Dimension | null {
  return BY_ID.get(id) ?? null;
}
