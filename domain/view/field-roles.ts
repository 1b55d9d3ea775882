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
];

const known = new Map<string, number>();
function give(names: readonly string[], role: number): void {
  for (const name of names) known.set(name, (known.get(name) ?? 0) | role);
}
give(ENVELOPE_FIELDS, FIELD_ROLES.skipped);
give(INITIAL_FIELDS, FIELD_ROLES.initial);
give(MARK_FIELDS, FIELD_ROLES.mark);
give(FLAG_FIELDS, FIELD_ROLES.flag);
give(["player_program_time"], FIELD_ROLES.programTime);

/** Names are remembered with their role: looking one up costs a tenth of looking at its beginning. */
const MAX_MEMO_ENTRIES = 4_096;
const memo = new Map(known);

/**
 * The roles of a field, as bits. Snapshots repeat `request_*` of the last request and native SDKs repeat errors: both are
 * taken from events of their own kind only (data-wire.md §4), so as fields they are skipped.
 */
export function fieldRoles(name: string): number {
  const remembered = memo.get(name);
  if (remembered !== undefined) return remembered;
  const role = name.startsWith("request_") || name.startsWith("player_error_") ? FIELD_ROLES.skipped : 0;
  if (memo.size >= MAX_MEMO_ENTRIES) forget();
  memo.set(name, role);
  return role;
}

/** A sender of invented names can bring this about, which costs time but no more. */
function forget(): void {
  memo.clear();
  for (const [name, role] of known) memo.set(name, role);
}
