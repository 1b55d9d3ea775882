import { type ErrorCategory, weighError } from "../view/error-category.ts";
import { errorTypeId } from "../view/record/errors-of.ts";

/** Detail → field of the beacon that it is told by. */
type Told = Readonly<Record<string, string>>;

const RENDITION: Told = {
  width: "video_source_width",
  height: "video_source_height",
  fps: "video_source_fps",
  bitrate: "video_source_bitrate",
  codec: "video_source_codec",
  rendition_name: "video_source_rendition_name",
};

const AD: Told = ownNames("ad_asset_url", "ad_tag_url", "ad_id", "ad_creative_id", "ad_universal_id", "ad_type");

const REQUEST: Told = {
  url: "request_url",
  hostname: "request_hostname",
  type: "request_type",
  id: "request_id",
  start: "request_start",
  response_start: "request_response_start",
  response_end: "request_response_end",
  bytes: "request_bytes_loaded",
  labeled_bitrate: "request_labeled_bitrate",
  level: "request_current_level",
  media_duration: "request_media_duration",
  media_start_time: "request_media_start_time",
  width: "request_video_width",
  height: "request_video_height",
};

const FAILED_REQUEST: Told = {
  ...REQUEST,
  error: "request_error",
  code: "request_error_code",
  text: "request_error_text",
};

/** What events of a name tell beside their times (data-api.md §6.2). */
const DETAILS: Readonly<Record<string, Told>> = {
  renditionchange: RENDITION,
  orientationchange: {
    x: "viewer_device_orientation_x",
    y: "viewer_device_orientation_y",
    z: "viewer_device_orientation_z",
  },
  cdnchange: ownNames("video_cdn", "video_previous_cdn"),
  playbackmodechange: ownNames("player_playback_mode", "player_playback_mode_data"),
  networkchange: ownNames("viewer_connection_type", "viewer_connection_low_data_mode"),
  audiotrackchange: trackOf("player_audio_track", "language", "codec", "enabled", "name"),
  texttrackchange: trackOf("player_text_track", "language", "type", "format", "enabled", "name"),
  requestcompleted: REQUEST,
  requestfailed: FAILED_REQUEST,
  requestcanceled: { ...FAILED_REQUEST, cancel: "request_cancel" },
};

/**
 * What an event of the timeline tells, by the API's names; what it did not tell is absent.
 *
 * @param category of an error: how bad it is, whatever the player says
 */
export function eventDetails(
  name: string,
  fields: Readonly<Record<string, unknown>>,
  category?: ErrorCategory,
): Record<string, unknown> {
  if (name === "error") return errorDetails(fields, category);
  const told = Object.hasOwn(DETAILS, name) ? DETAILS[name] : undefined;
  return pick(told ?? (isAd(name) ? AD : {}), fields);
}

function errorDetails(
  fields: Readonly<Record<string, unknown>>,
  category: ErrorCategory | undefined,
): Record<string, unknown> {
  const names = { code: "player_error_code", message: "player_error_message", context: "player_error_context" };
  const { code = null, message = null, context = null } = pick(names, fields);
  const { fatal, businessException } = weighError(fields, category);
  return {
    error_type: errorTypeId(String(code ?? ""), String(message ?? "")),
    code,
    message,
    context,
    severity: fatal ? "fatal" : "warning",
    is_business_exception: businessException,
  };
}

/** `adplay`, `adbreakstart` …; names of players' own that begin so have none of these fields, and tell nothing. */
function isAd(name: string): boolean {
  return name.startsWith("ad");
}

function pick(told: Told, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(told).map(([detail, field]) => [detail, fields[field]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

function ownNames(...names: readonly string[]): Told {
  return Object.fromEntries(names.map((name) => [name, name]));
}

function trackOf(prefix: string, ...names: readonly string[]): Told {
  return Object.fromEntries(names.map((name) => [name, `${prefix}_${name}`]));
}
