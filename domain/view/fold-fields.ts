import { cutText } from "../cut-text.ts";
import type { BeaconEvent, FieldValue } from "../wire/decode-events.ts";
import { believed } from "./believed.ts";
import { FIELD_ROLES, fieldNumber, fieldRoles } from "./field-names.ts";
import { insertBySequence, placeOf } from "./insert-by-sequence.ts";
import { hasText, lastTextBefore } from "./mark-texts.ts";
import { asFlag, type Mark, type ViewState } from "./view-state.ts";

/** One every 1.25 s for seven hours: CMCD tells the bitrate with each request. */
const MAX_MARKS = 20_000;
/** Marks with texts may be large. SDKs tell them when the rendition or the mode changes, and with each snapshot. */
const MAX_MARKS_WITH_TEXT = 1_000;
/** Of a codec, a rendition or a mode, in UTF-16 code units; `player_playback_mode_data` may be longer. */
const MAX_MARK_TEXT = 128;
const MAX_MODE_DATA = 512;
/** Samples more than five minutes behind the stream do not count, and the nearest may be anywhere within a second. */
const MAX_LATENCY_BINS = 400;
/** Clocks that nobody set are decades off; what is beyond two centuries is no time, and would spoil exact sums. */
const MAX_DISTANCE_MS = 200 * 365.25 * 86_400_000;

/** Folds the fields of one event that was not known yet. */
export function foldFields(view: ViewState, event: BeaconEvent, viewerTimeMs: number): void {
  const { fields, sequence } = event;
  let roles = 0;
  for (const name in fields) {
    const number = fieldNumber(name);
    const role = fieldRoles(number, name);
    if ((role & FIELD_ROLES.skipped) !== 0) continue;
    const value = fields[name] as FieldValue;
    view.fields.writeNewest(number, name, sequence, value);
    if (role === 0) continue;
    roles |= role;
    if ((role & FIELD_ROLES.initial) !== 0 && tells(name, value))
      view.initials.writeFirst(number, name, sequence, value);
  }
  if ((roles & FIELD_ROLES.mark) !== 0) foldMark(view, event, viewerTimeMs);
  if ((roles & FIELD_ROLES.flag) !== 0) foldFlags(view, fields);
  if ((roles & FIELD_ROLES.programTime) !== 0) foldLatency(view, event);
}

/** Zero, nothing, an empty text and a number that cannot be tell no value. */
function tells(name: string, value: FieldValue): boolean {
  return typeof value === "number" ? amount(name, value) > 0 : value !== null && value !== "";
}

function foldMark(view: ViewState, event: BeaconEvent, viewerTimeMs: number): void {
  const { marks, markTexts } = view;
  const mark = markOf(event, viewerTimeMs);
  if (hasText(mark)) {
    if (markTexts.count >= MAX_MARKS_WITH_TEXT) {
      view.overflow += 1;
      if (mark.sequence > markTexts.last) return;
      dropMark(view, placeOf(marks, markTexts.last) - 1);
    }
    markTexts.count += 1;
    markTexts.last = Math.max(markTexts.last, mark.sequence);
  }
  insertBySequence(marks, mark);
  if (marks.length <= MAX_MARKS) return;
  dropMark(view, marks.length - 1);
  view.overflow += 1;
}

/** @param at where the last mark stands, or the last with text */
function dropMark(view: ViewState, at: number): void {
  const [dropped] = view.marks.splice(at, 1);
  if (dropped === undefined || !hasText(dropped)) return;
  view.markTexts.count -= 1;
  view.markTexts.last = lastTextBefore(view.marks, at);
}

function markOf({ name: eventName, fields, sequence }: BeaconEvent, viewerTimeMs: number): Mark {
  const mark: Mark = { sequence, viewerTimeMs };
  if (eventName === "renditionchange") mark.isChange = true;
  const bitrate = fields["video_source_bitrate"];
  if (bitrate !== undefined) mark.bitrate = amount("video_source_bitrate", bitrate);
  const width = fields["video_source_width"];
  if (width !== undefined) mark.widthPx = amount("video_source_width", width);
  const height = fields["video_source_height"];
  if (height !== undefined) mark.heightPx = amount("video_source_height", height);
  const fps = fields["video_source_fps"];
  if (fps !== undefined) mark.fps = amount("video_source_fps", fps);
  const codec = fields["video_source_codec"];
  if (codec !== undefined) mark.codec = shortText(codec, MAX_MARK_TEXT);
  const name = fields["video_source_rendition_name"];
  if (name !== undefined) mark.name = shortText(name, MAX_MARK_TEXT);
  const mode = fields["player_playback_mode"];
  if (mode !== undefined) mark.mode = shortText(mode, MAX_MARK_TEXT);
  const data = fields["player_playback_mode_data"];
  if (data !== undefined) mark.modeData = shortText(data, MAX_MODE_DATA);
  return mark;
}

/** 0 for what is not known, or cannot be. */
function amount(name: string, value: FieldValue): number {
  return believed(name, value) ?? 0;
}

function shortText(value: FieldValue, length: number): string {
  return value === null ? "" : cutText(String(value), length);
}

/** mux-embed tells of text tracks only where they are captions or subtitles. */
function foldFlags(view: ViewState, fields: BeaconEvent["fields"]): void {
  const mode = fields["player_playback_mode"];
  const isOn = (name: string) => asFlag(fields[name]) === true;
  view.usedCaptions ||= isOn("player_captions_enabled") || isOn("player_text_track_enabled");
  view.usedFullscreen ||= isOn("player_is_fullscreen") || mode === "fullscreen";
  view.usedPip ||= isOn("player_pip_enabled") || mode === "pip";
  view.programChanged ||= isOn("view_program_changed");
}

/**
 * How far behind the stream's clock the client's was. What the client's clock is off by shows only at the end, so the
 * distances are kept, by the second. `rebufferstart` tells an earlier moment than the rest of its fields.
 */
function foldLatency(view: ViewState, { name, fields }: BeaconEvent): void {
  const [programMs, viewerMs] = [fields["player_program_time"], fields["viewer_time"]];
  if (typeof programMs !== "number" || typeof viewerMs !== "number" || name === "rebufferstart") return;
  const distanceMs = Math.round(viewerMs - programMs);
  if (!(Math.abs(distanceMs) <= MAX_DISTANCE_MS)) return;
  const seconds = Math.floor(distanceMs / 1_000);
  const bins = view.latencyBins;
  let at = bins.length;
  while (at > 0 && (bins[at - 1]?.seconds ?? 0) > seconds) at -= 1;
  const bin = bins[at - 1];
  if (bin !== undefined && bin.seconds === seconds) {
    bin.count += 1;
    bin.sumMs += distanceMs;
    return;
  }
  bins.splice(at, 0, { seconds, count: 1, sumMs: distanceMs });
  if (bins.length > MAX_LATENCY_BINS) bins.pop();
}
