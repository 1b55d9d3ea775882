import type { FieldValue } from "./decode-events.ts";

/**
 * Fields that are booleans or numbers on the web and that other SDKs (Roku) may send as text. Only these are
 * converted: an id or a title that looks like a number stays what it is.
 */
const BOOLEAN_FIELDS: ReadonlySet<string> = new Set([
  "player_audio_track_enabled",
  "player_autoplay_on",
  "player_captions_enabled",
  "player_error_business_exception",
  "player_is_fullscreen",
  "player_is_paused",
  "player_pip_enabled",
  "player_preload_on", // text on some web players ("metadata"), which stays
  "player_remote_played",
  "player_text_track_enabled",
  "video_is_autoplay",
  "video_is_live",
  "video_source_is_live",
  "view_has_ad",
  "view_preroll_played",
  "view_preroll_requested",
  "view_program_changed",
  "view_time_shift_enabled",
  "viewer_connection_low_data_mode",
]);

const NUMBER_FIELDS: ReadonlySet<string> = new Set([
  "mux_sample_number",
  "mux_sample_rate",
  "page_load_end_time",
  "page_load_init_time",
  "page_load_time",
  "player_audio_track_bitrate",
  "player_height",
  "player_init_time",
  "player_live_edge_program_time",
  "player_manifest_newest_program_time",
  "player_playhead_time",
  "player_program_time",
  "player_sequence_number",
  "player_source_duration",
  "player_startup_time",
  "player_view_count",
  "player_width",
  "request_bytes_loaded",
  "request_current_level",
  "request_labeled_bitrate",
  "request_media_duration",
  "request_media_start_time",
  "request_response_end",
  "request_response_start",
  "request_start",
  "request_video_height",
  "request_video_width",
  "session_expires",
  "session_start",
  "video_duration",
  "video_holdback",
  "video_part_holdback",
  "video_part_target_duration",
  "video_source_bitrate",
  "video_source_duration",
  "video_source_fps",
  "video_source_height",
  "video_source_width",
  "video_target_duration",
  "view_sequence_number",
  "view_start",
  "viewer_time",
]);

/** Counters of a view all end like this; `view_id`, `view_session_id`, `view_drm_type` and the like do not. */
const VIEW_NUMBER =
  /^(view|ad)_(.+_)?(count|cumulative|duration|frequency|latency|percentage|position|throughput|time|upscaling|downscaling)$/;

const NUMBER_TEXT = /^-?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,3})?$/;

function isNumberField(name: string): boolean {
  return NUMBER_FIELDS.has(name) || VIEW_NUMBER.test(name);
}

/** Text of a field that is a boolean or a number elsewhere, as that; any other text unchanged. */
export function readText(name: string, text: string): FieldValue {
  if (text === "true" || text === "false") return BOOLEAN_FIELDS.has(name) ? text === "true" : text;
  if (NUMBER_TEXT.test(text) && isNumberField(name)) return readNumber(Number(text));
  return text;
}

/** `1e999` in JSON reads as Infinity, which no column holds: null, like the SDKs' own NaN. */
export function readNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
