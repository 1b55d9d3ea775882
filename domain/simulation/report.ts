import type { FieldValue } from "../wire/decode-events.ts";
import { encodeEvent } from "../wire/encode-event.ts";

/** The SDK's memory of one player: what it knows, and what it has told already (data-wire.md §4). */
export interface Report {
  state: Map<string, FieldValue>;
  /** `request_response_headers` of the last request. */
  nested: Map<string, unknown>;
  lastSent: Map<string, FieldValue>;
  /** +1 per event over all views of the player. */
  playerSequence: number;
  /** 1 for the first event of each view. */
  viewSequence: number;
}

export function createReport(): Report {
  return { state: new Map(), nested: new Map(), lastSent: new Map(), playerSequence: 0, viewSequence: 0 };
}

/** Sent on every event when known. */
const ALWAYS: ReadonlySet<string> = new Set([
  "env_key",
  "view_id",
  "view_sequence_number",
  "player_sequence_number",
  "beacon_domain",
  "player_playhead_time",
  "viewer_time",
  "mux_api_version",
  "event",
  "video_id",
  "player_instance_id",
  "player_error_code",
  "player_error_message",
  "player_error_context",
  "view_playing_time_ms_cumulative",
]);

/** What an event of this name carries even if unchanged. */
const FAMILIES: Readonly<Record<string, string>> = {
  requestcompleted: "request_",
  requestfailed: "request_",
  renditionchange: "video_source_",
  playbackmodechange: "player_playback_mode",
  texttrackchange: "player_text_track_",
};

/** NaN is sent as null each time, because it never equals what was sent before. */
export function setFields(report: Report, fields: Readonly<Record<string, FieldValue | undefined>>): void {
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) report.state.set(name, value);
}

/** Told of the first view of a page and not again [rec: html5-two-videos]. */
const OF_FIRST_VIEW: ReadonlySet<string> = new Set(["page_load_time", "player_startup_time"]);

/** A video change: all that belongs to the video and the view is forgotten, player and viewer stay. */
export function forgetView(report: Report): void {
  for (const name of report.state.keys()) {
    if (name.startsWith("video_") || name.startsWith("view_") || OF_FIRST_VIEW.has(name)) report.state.delete(name);
  }
  report.lastSent.clear();
  report.viewSequence = 0;
}

/** The next event with short keys. First event of a view, `viewstart` and `viewend` tell everything, others what changed. */
export function writeEvent(report: Report, name: string): Record<string, unknown> {
  report.playerSequence += 1;
  report.viewSequence += 1;
  setFields(report, {
    event: name,
    player_sequence_number: report.playerSequence,
    view_sequence_number: report.viewSequence,
  });
  const full = report.viewSequence === 1 || name === "viewstart" || name === "viewend";
  const family = FAMILIES[name];
  const fields: Record<string, FieldValue> = {};
  for (const [field, value] of report.state) {
    const told = !full && report.lastSent.get(field) === value && !ALWAYS.has(field);
    if (told && (family === undefined || !field.startsWith(family))) continue;
    fields[field] = value;
    report.lastSent.set(field, value);
  }
  if (name === "error") forgetError(report);
  return encodeEvent({ fields, nested: full || family === "request_" ? Object.fromEntries(report.nested) : {} });
}

/** Error fields belong to their event only. */
function forgetError(report: Report): void {
  for (const field of report.state.keys()) {
    if (!field.startsWith("player_error_")) continue;
    report.state.delete(field);
    report.lastSent.delete(field);
  }
}
