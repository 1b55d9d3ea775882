import { bitsPerSecond } from "./bits-per-second.ts";
import { clientTime } from "./client-time.ts";
import type { InputEvent, InputFields } from "./input-event.ts";
import { EVENT_SLOT_MS, timedSequence } from "./timed-sequence.ts";

/** One event as an EPAS client sends it; parsed JSON, nothing of it checked but that it is an object. */
export type EpasReport = Readonly<Record<string, unknown>>;

/**
 * What each event is here. The ranks are the order of events of one slot: what ends, what then is, what begins; the web
 * client tells of a stall that a seek ends 2 ms before the seek, and of playing again 3 ms before one (fixtures/epas).
 * `play`, `pause` and `resume` are of earlier versions of the specification.
 */
const KINDS: ReadonlyMap<string, { rank: number; name: string }> = new Map([
  ["init", { rank: 0, name: "viewstart" }],
  ["heartbeat", { rank: 0, name: "hb" }], // never with init
  ["metadata", { rank: 1, name: "hb" }],
  ["loading", { rank: 2, name: "loadstart" }],
  ["loaded", { rank: 3, name: "loaded" }],
  ["play", { rank: 4, name: "play" }],
  ["seeked", { rank: 5, name: "seeked" }],
  ["buffered", { rank: 6, name: "rebufferend" }],
  ["paused", { rank: 7, name: "pause" }],
  ["pause", { rank: 7, name: "pause" }],
  ["playing", { rank: 8, name: "playing" }],
  ["resume", { rank: 8, name: "playing" }],
  ["seeking", { rank: 9, name: "seeking" }],
  ["buffering", { rank: 10, name: "rebufferstart" }],
  ["bitrate_changed", { rank: 11, name: "renditionchange" }],
  ["warning", { rank: 12, name: "error" }],
  ["error", { rank: 13, name: "error" }],
  ["stopped", { rank: 14, name: "viewend" }], // 15 where `ended` comes before it
]);
/** What newer clients send under other names. */
const UNKNOWN = { rank: 0, name: "hb" };

const DEVICE_CATEGORIES: ReadonlySet<string> = new Set(["desktop", "phone", "tablet", "tv", "console"]);

/** A duration below this is told in seconds: as milliseconds it were a clip of less than 10 s. */
const LEAST_MILLISECONDS = 10_000;

/**
 * The events of one EPAS event (Eyevinn Player Analytics Specification 0.3). Null where it has no name. Custom payloads are
 * not kept, but for what the specification names.
 *
 * @param arrivedAtMs stands in for a missing timestamp (−1 in the specification's own example), Unix milliseconds
 */
export function epasEvents(report: EpasReport, arrivedAtMs: number): InputEvent[] | null {
  const { event } = report;
  if (typeof event !== "string" || event === "") return null;
  const atMs = clientTime(report["timestamp"]) ?? arrivedAtMs;
  const { rank, name } = KINDS.get(event) ?? UNKNOWN;
  const { playheadMs, durationMs } = mediaTimes(report);
  const fields = { ...playerFields(durationMs), ...payloadFields(event, recordOf(report["payload"])) };
  const names = name === "viewend" && hasEnded(report) ? ["ended", "viewend"] : [name];
  return names.map((step, index) => ({
    name: step,
    sequence: timedSequence(atMs, rank + index, EVENT_SLOT_MS),
    viewerTimeMs: atMs,
    playheadMs,
    fields,
  }));
}

function hasEnded(report: EpasReport): boolean {
  return recordOf(report["payload"])["reason"] === "ended";
}

/**
 * The specification's text says milliseconds, its types and its web client seconds, its Android and iOS clients send
 * milliseconds. A broken number is seconds, and so is a short duration. −1 stands for "unknown"; the playhead of a live
 * stream is a time of day and no media position.
 */
function mediaTimes(report: EpasReport): { playheadMs: number | undefined; durationMs: number | undefined } {
  const playhead = amountOf(report["playhead"]);
  const duration = amountOf(report["duration"]);
  const isBroken = [playhead, duration].some((value) => value !== undefined && !Number.isInteger(value));
  const inSeconds = isBroken || (duration !== undefined && duration > 0 && duration < LEAST_MILLISECONDS);
  const toMs = (value: number | undefined): number | undefined => {
    const ms = value === undefined ? undefined : Math.round(inSeconds ? value * 1_000 : value);
    return clientTime(ms) === undefined ? ms : undefined;
  };
  const durationMs = toMs(duration);
  return { playheadMs: toMs(playhead), durationMs: durationMs === 0 ? undefined : durationMs };
}

function playerFields(durationMs: number | undefined): InputFields {
  return {
    player_mux_plugin_name: "epas",
    player_software_name: "EPAS",
    video_source_duration: durationMs,
  };
}

function payloadFields(event: string, payload: EpasReport): InputFields {
  if (event === "metadata") return metadataFields(payload);
  if (event === "bitrate_changed") return renditionFields(payload);
  if (event === "error" || event === "warning") return errorFields(payload, event === "error" ? "fatal" : "warning");
  return {};
}

function metadataFields(payload: EpasReport): InputFields {
  const isLive = payload["live"];
  return {
    video_title: textOf(payload["contentTitle"]),
    video_id: textOf(payload["contentId"]),
    video_source_url: textOf(payload["contentUrl"]),
    video_source_is_live: typeof isLive === "boolean" ? isLive : undefined,
    video_stream_type: typeof isLive === "boolean" ? (isLive ? "live" : "on-demand") : undefined,
    view_drm_type: textOf(payload["drmType"]),
    viewer_user_id: textOf(payload["userId"]),
    mux_viewer_id: textOf(payload["deviceId"]),
    viewer_device_model: textOf(payload["deviceModel"]),
    ...deviceFields(textOf(payload["deviceType"])),
  };
}

/** Free text there: what is no category of ours is a name. */
function deviceFields(type: string | undefined): InputFields {
  const category = type?.toLowerCase() ?? "";
  return DEVICE_CATEGORIES.has(category) ? { viewer_device_category: category } : { viewer_device_name: type };
}

/** `bitrate` is of all tracks; the picture's own is taken where it is told. */
function renditionFields(payload: EpasReport): InputFields {
  return {
    video_source_bitrate: bitsPerSecond(amountOf(payload["videoBitrate"]) ?? amountOf(payload["bitrate"])),
    player_audio_track_bitrate: bitsPerSecond(amountOf(payload["audioBitrate"])),
    video_source_width: sizeOf(payload["width"]),
    video_source_height: sizeOf(payload["height"]),
  };
}

function errorFields(payload: EpasReport, severity: "fatal" | "warning"): InputFields {
  return {
    player_error_code: textOf(payload["code"]),
    player_error_message: textOf(payload["message"]),
    player_error_context: textOf(payload["category"]),
    player_error_severity: severity,
  };
}

function recordOf(value: unknown): EpasReport {
  return typeof value === "object" && value !== null ? (value as EpasReport) : {};
}

/** Clients send codes and ids as text or as numbers. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function amountOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** 0 stands for "unknown" there. */
function sizeOf(value: unknown): number | undefined {
  const size = amountOf(value);
  return size === undefined || size === 0 ? undefined : Math.round(size);
}
