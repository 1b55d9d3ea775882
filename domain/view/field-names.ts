import { PUBLISHED_FIELDS } from "../wire/published-fields.ts";

/** What folding does with a field, as bits. */
export const FIELD_ROLES = {
  /** Says nothing about the view, or is taken from events of its own kind only. */
  skipped: 1,
  /** Its first value is kept beside the newest. */
  initial: 2,
  /** Part of a mark: what is shown, or how. */
  mark: 4,
  /** Counts if it was ever true. */
  flag: 8,
  /** A live stream's clock at the playhead. */
  programTime: 16,
} as const;

/** Envelope of a single event. */
const ENVELOPE_FIELDS = ["event", "view_id", "view_sequence_number"];

/** Fields whose first value is part of the view's record (data-api.md §5: `…_initial`; the first pre-roll's hosts). */
const INITIAL_FIELDS = [
  "video_codec",
  "video_source_codec",
  "video_audio_codec",
  "player_audio_track_codec",
  "video_dynamic_range_type",
  "video_source_bitrate",
  "video_source_fps",
  "video_source_height",
  "video_source_width",
  "ad_tag_url",
  "ad_asset_url",
];

const MARK_FIELDS = [
  "video_source_bitrate",
  "video_source_width",
  "video_source_height",
  "video_source_fps",
  "video_source_codec",
  "video_source_rendition_name",
  "player_playback_mode",
  "player_playback_mode_data",
];

const FLAG_FIELDS = [
  "player_captions_enabled",
  "player_text_track_enabled",
  "player_is_fullscreen",
  "player_pip_enabled",
  "player_playback_mode",
  "view_program_changed",
];

const MEMBERS: readonly (readonly [names: readonly string[], role: number])[] = [
  [ENVELOPE_FIELDS, FIELD_ROLES.skipped],
  [INITIAL_FIELDS, FIELD_ROLES.initial],
  [MARK_FIELDS, FIELD_ROLES.mark],
  [FLAG_FIELDS, FIELD_ROLES.flag],
  [["player_program_time"], FIELD_ROLES.programTime],
];

/** The published names have theirs from the start, whoever sends first; the rest of the room is for names that newer ones and integrations invent. */
const MAX_NUMBERED = 4_096;

const numbers = new Map<string, number>();
const names: string[] = [];
const roles: number[] = [];

/**
 * A number for each name, given when it is first met: a view then keeps numbers instead of names, and what folding does with
 * a field is one look away. −1 once all are given away: then names that nobody published cost every view of theirs more.
 */
export function fieldNumber(name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  if (names.length >= MAX_NUMBERED) return -1;
  const number = names.length;
  numbers.set(name, number);
  names.push(name);
  roles.push(rolesOf(name));
  return number;
}

export function fieldName(number: number): string {
  return names[number] ?? "";
}

/** The roles of a field, as bits. @param number of the name */
export function fieldRoles(number: number, name: string): number {
  return roles[number] ?? rolesOf(name);
}

/**
 * Snapshots repeat `request_*` of the last request and native SDKs repeat errors: both are taken from events of their own
 * kind only (data-wire.md §4), so as fields they are skipped.
 */
function rolesOf(name: string): number {
  if (name.startsWith("request_") || name.startsWith("player_error_")) return FIELD_ROLES.skipped;
  return MEMBERS.reduce((bits, [members, role]) => (members.includes(name) ? bits | role : bits), 0);
}

for (const name of PUBLISHED_FIELDS) fieldNumber(name);
for (const [members] of MEMBERS) for (const name of members) fieldNumber(name);
