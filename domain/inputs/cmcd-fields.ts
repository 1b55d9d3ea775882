import { bitsPerSecond } from "./bits-per-second.ts";
import { type CmcdReport, flagOf, numberOf, numberOfType, numbersOf, pictureNumber, textOf } from "./cmcd-report.ts";
import type { InputFields } from "./input-event.ts";

const STREAM_TYPES: ReadonlyMap<string, string> = new Map([
  ["v", "on-demand"],
  ["l", "live"],
  ["ll", "live"],
]);

/** Streaming formats, with the media type by which the source is known elsewhere. */
const FORMATS: ReadonlyMap<string, { name: string; mimeType?: string }> = new Map([
  ["h", { name: "hls", mimeType: "application/vnd.apple.mpegurl" }],
  ["d", { name: "dash", mimeType: "application/dash+xml" }],
  ["s", { name: "smooth", mimeType: "application/vnd.ms-sstr+xml" }],
  ["e", { name: "hesp" }],
  ["o", { name: "other" }],
]);

/** What holds for the whole session, or nearly: each report may carry it. */
export function sessionFields(report: CmcdReport): InputFields {
  const streamType = STREAM_TYPES.get(textOf(report, "st") ?? "");
  const format = FORMATS.get(textOf(report, "sf") ?? "");
  return {
    player_mux_plugin_name: "cmcd",
    player_mux_plugin_version: String(numberOf(report, "v") ?? 1),
    player_software_name: "CMCD",
    video_id: textOf(report, "cid"),
    video_stream_type: streamType,
    video_source_is_live: streamType === undefined ? undefined : streamType === "live",
    video_source_format: format?.name,
    video_source_mime_type: format?.mimeType,
    video_content_signature: textOf(report, "cs"),
    video_cdn: textOf(report, "cdn"),
  };
}

/**
 * What a report says of its view, whatever it reports (docs/inputs.md has the table). Bitrates are kbit/s there and bit/s
 * here. The counters that a player keeps itself stay beside the figures worked out from its events.
 */
export function cmcdFields(report: CmcdReport): InputFields {
  return { ...sessionFields(report), ...playerFields(report), ...bitrateFields(report), ...counterFields(report) };
}

function playerFields(report: CmcdReport): InputFields {
  return {
    player_buffer_length: smallest(numbersOf(report, "bl")),
    player_playback_rate: numberOf(report, "pr"),
    player_live_latency: numberOf(report, "ltc"),
    player_is_backgrounded: flagOf(report, "bg"),
    video_source_hostname: textOf(report, "h"),
    player_measured_throughput: bitsPerSecond(pictureNumber(report, "mtp")),
  };
}

function bitrateFields(report: CmcdReport): InputFields {
  const [picture, sound] = isOfSound(report)
    ? [
        ["v", "av"],
        ["a", ""],
      ]
    : [["v", "av", ""], ["a"]];
  const told = (key: string, types: readonly string[]) => bitsPerSecond(numberOfType(report, key, types));
  return {
    video_source_bitrate: pictureBitrate(report),
    video_source_top_bitrate: told("tb", picture) ?? told("tab", picture),
    video_source_lowest_bitrate: told("lb", picture) ?? told("lab", picture),
    player_audio_track_bitrate: told("br", sound),
  };
}

function counterFields(report: CmcdReport): InputFields {
  return {
    view_time_to_first_frame: numberOf(report, "msd"),
    view_dropped_frame_count: numberOf(report, "dfa"),
    view_rebuffer_count: total(numbersOf(report, "bsa")),
    view_rebuffer_duration: total(numbersOf(report, "bsda")),
  };
}

/**
 * Of the picture in bit/s: of what is shown (`pb`), else of what is selected (`br`), which the buffer puts off. `ab` counts
 * everything and is sent only where `br` is not known.
 */
export function pictureBitrate(report: CmcdReport): number | undefined {
  const types = isOfSound(report) ? ["v", "av"] : ["v", "av", ""];
  const shown = pictureNumber(report, "pb");
  return bitsPerSecond(shown ?? numberOfType(report, "br", types) ?? pictureNumber(report, "ab"));
}

/** Numbers without a type are then the sound's. */
function isOfSound(report: CmcdReport): boolean {
  return textOf(report, "ot") === "a";
}

/** Playback waits for whichever buffer is the shorter. */
function smallest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}

function total(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
