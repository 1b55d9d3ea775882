import type { ViewRecord } from "../view/view-record.ts";
import { csvCell } from "./csv-cell.ts";
import { decimal, made, number, type ToldView, textOrNull, type ViewField } from "./view-field.ts";
import { VIEW_FIELDS } from "./view-fields.ts";

/** Version of the names and order of columns (data-api.md §10). */
export const EXPORT_VERSION = 2;

/** Of the API's record alone: labels made of other fields, fields of long ago, and second names. */
const NOT_EXPORTED: ReadonlySet<string> = new Set([
  ...["id", "inserted_at", "updated_at", "short_time", "platform_description", "platform_summary", "watched"],
  ...["isp", "metro", "player_source_stream_type", "viewer_os_architecture"],
  ...["long_rebuffering", "long_resume", "view_error_id", "player_load_time"],
]);

/** Of exports alone (data-api.md §6.1). */
const EXPORTED_ONLY: readonly ViewField[] = [
  number("view_content_playing_time", "contentPlayingMs"),
  number("ad_playing_time", "adPlayingMs"),
  decimal("view_upscaling_percentage", "upscaleRatio"),
  decimal("view_downscaling_percentage", "downscaleRatio"),
  made("playback_mode_totals", "text?", ({ record }) => modeTotals(record)),
  made("ad_type_totals", "text?", ({ record }) => adTotals(record)),
  textOrNull("custom_11", "custom11"),
  textOrNull("custom_12", "custom12"),
  textOrNull("custom_13", "custom13"),
  textOrNull("custom_14", "custom14"),
  textOrNull("custom_15", "custom15"),
  textOrNull("custom_16", "custom16"),
  textOrNull("custom_17", "custom17"),
  textOrNull("custom_18", "custom18"),
  textOrNull("custom_19", "custom19"),
  textOrNull("custom_20", "custom20"),
];

/** Columns of an export, in the order of their names. */
const COLUMNS: readonly ViewField[] = [
  ...VIEW_FIELDS.filter(({ name }) => !NOT_EXPORTED.has(name)),
  ...EXPORTED_ONLY,
].sort((one, other) => (one.exported < other.exported ? -1 : 1));

export const EXPORT_COLUMNS: readonly string[] = COLUMNS.map(({ exported }) => exported);

/** First line of every file (RFC 4180). */
export const EXPORT_HEADER = `${EXPORT_COLUMNS.join(",")}\r\n`;

/** A view's line. No value is an empty cell, a list is JSON, flags are `true` and `false`. */
export function exportLine(view: ToldView): string {
  return `${COLUMNS.map(({ tell }) => csvCell(tell(view))).join(",")}\r\n`;
}

/** Playing time by mode, as JSON; modes that came with different data are one. */
function modeTotals({ playbackModes }: ViewRecord): string | null {
  const totals = new Map<string, number>();
  for (const { mode, playingMs } of playbackModes) totals.set(mode, (totals.get(mode) ?? 0) + playingMs);
  return totalsText([...totals]);
}

function adTotals(record: ViewRecord): string | null {
  const { prerollPlayingMs, midrollPlayingMs, postrollPlayingMs } = record;
  const totals = Object.entries({ preroll: prerollPlayingMs, midroll: midrollPlayingMs, postroll: postrollPlayingMs });
  return totalsText(totals.filter(([, playingMs]) => playingMs > 0));
}

function totalsText(totals: readonly (readonly [string, number])[]): string | null {
  if (totals.length === 0) return null;
  return JSON.stringify(Object.fromEntries(totals.map(([name, ms]) => [name, { total_playing_time_ms: ms }])));
}
