import { type ColumnKind, RECORD_COLUMNS } from "../../domain/view/record-columns.ts";
import type { PlaybackModeSpan, PlaybackRange, RenditionSpan, ViewRecord } from "../../domain/view/view-record.ts";
import { clamp, dateTime64, uint32 } from "./column-values.ts";

const FLOAT32_MAX = 3.4e38;

/** Longest value that a filter can name (docs/realtime.md), in UTF-16 code units. */
const MAX_LABEL_LENGTH = 1_024;
/** Room for all else; `attributes` keeps below it by itself. */
const MAX_TEXT_LENGTH = 262_144;
const MAX_LABELS = 100;
const MAX_RANGES = 1_000;
const MAX_RENDITIONS = 200;
const MAX_MODES = 100;

type KindOf<P extends keyof ViewRecord> = (typeof RECORD_COLUMNS)[P]["kind"];
type Encoder = (value: never) => unknown;

/**
 * What the store takes for each kind of value: numbers within the column's range, texts well-formed and cut, lists capped.
 * Hostile clients can claim anything, and one value that is refused would take its row with it.
 */
const ENCODERS: Readonly<Record<ColumnKind, Encoder>> = {
  flag: (value: boolean) => Number(value),
  maybeFlag: (value: boolean | null) => (value === null ? null : Number(value)),
  time: (value: number) => dateTime64(Number.isFinite(value) ? value : 0),
  count: uint32,
  maybeCount: orNull(uint32),
  ms: uint,
  maybeMs: orNull(uint32),
  real: (value: number) => (Number.isFinite(value) ? value : 0),
  real32,
  maybeReal: orNull((value) => value),
  maybeReal32: orNull(real32),
  label: (value: string) => cut(value, MAX_LABEL_LENGTH),
  labels: (values: readonly string[]) => values.slice(0, MAX_LABELS).map((value) => cut(value, MAX_LABEL_LENGTH)),
  keyed: (value: string) => cut(value, MAX_LABEL_LENGTH),
  text: (value: string) => cut(value, MAX_TEXT_LENGTH),
  ranges: (ranges: readonly PlaybackRange[]) => ranges.slice(0, MAX_RANGES).map(rangeValue),
  renditions: (spans: readonly RenditionSpan[]) => spans.slice(0, MAX_RENDITIONS).map(renditionValue),
  modes: (spans: readonly PlaybackModeSpan[]) => spans.slice(0, MAX_MODES).map(modeValue),
};

const PARTS = Object.keys(RECORD_COLUMNS) as (keyof ViewRecord)[];

/** Columns of a record, in the order in which `encodeRecord` gives their values. */
export const RECORD_COLUMN_NAMES: readonly string[] = PARTS.map((part) => RECORD_COLUMNS[part].name);

/** A record as the values of its columns. */
export function encodeRecord(record: ViewRecord): unknown[] {
  return PARTS.map((part) => encodePart(part, record));
}

function encodePart<P extends keyof ViewRecord>(part: P, record: ViewRecord): unknown {
  const kind: KindOf<P> = RECORD_COLUMNS[part].kind;
  const encode = ENCODERS[kind] as (value: ViewRecord[P]) => unknown; // the table ties the kind to the type of its values
  return encode(record[part]);
}

/** Not a number stands for no value. */
function orNull(encode: (value: number) => number): (value: number | null) => number | null {
  return (value) => (value === null || !Number.isFinite(value) ? null : encode(value));
}

function uint(value: number): number {
  return Number.isNaN(value) ? 0 : Math.round(clamp(value, 0, Number.MAX_SAFE_INTEGER));
}

function real32(value: number): number {
  return Number.isNaN(value) ? 0 : clamp(value, -FLOAT32_MAX, FLOAT32_MAX);
}

function cut(text: string, length: number): string {
  return (text.length <= length ? text : text.slice(0, length)).toWellFormed();
}

function rangeValue({ startMs, endMs }: PlaybackRange) {
  return { start_ms: uint32(startMs), end_ms: uint32(endMs) };
}

function renditionValue({ bitrate, widthPx, heightPx, fps, codec, name, playingMs }: RenditionSpan) {
  return {
    bitrate: uint32(bitrate),
    width: uint32(widthPx),
    height: uint32(heightPx),
    fps: real32(fps),
    codec: cut(codec, MAX_LABEL_LENGTH),
    name: cut(name, MAX_LABEL_LENGTH),
    playing_ms: uint32(playingMs),
  };
}

function modeValue({ mode, data, playingMs }: PlaybackModeSpan) {
  return { mode: cut(mode, MAX_LABEL_LENGTH), data: cut(data, MAX_LABEL_LENGTH), playing_ms: uint32(playingMs) };
}
