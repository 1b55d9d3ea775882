import { cutText } from "../cut-text.ts";
import { decodeKey, encodeKey } from "./decode-key.ts";
import { readNumber, readText } from "./field-types.ts";
import { copyNested } from "./nested-value.ts";
import { type EventPeek, MAX_KEYS_PER_EVENT, peekEvent, type RejectReason } from "./peek-event.ts";

export type FieldValue = string | number | boolean | null;

export interface BeaconEvent {
  name: string;
  viewId: string;
  sequence: number;
  /** By long name; everything but nested objects. Without a prototype: names come from outside. */
  fields: Readonly<Record<string, FieldValue>>;
  /** `request_response_headers`, `request_rendition_lists`. */
  nested: Readonly<Record<string, unknown>>;
  /** Something was too large and was cut or left out. */
  cut?: true;
}

export type DecodedEvent = { kind: "accepted"; event: BeaconEvent } | { kind: "rejected"; reason: RejectReason };

/** Full snapshots of the recordings hold about 90 fields. */
export const MAX_FIELDS_PER_EVENT = 512;
export const MAX_FIELD_NAME_LENGTH = 128;
/** In UTF-16 code units. */
export const MAX_FIELD_LENGTH = 1_024;
/** Of {@link LONG_FIELDS}: signed URLs and stack traces fit; the SDK itself cuts only at 51,200. */
export const MAX_LONG_FIELD_LENGTH = 8_192;

const NESTED_FIELDS: ReadonlySet<string> = new Set(["request_response_headers", "request_rendition_lists"]);

/** What may be long, by name: were it any field, a view of 512 could hold 8 MB of memory for a day. */
const LONG_FIELDS: ReadonlySet<string> = new Set([
  "ad_asset_url",
  "ad_tag_url",
  "page_url",
  "player_error_context",
  "player_error_message",
  "player_playback_mode_data",
  "player_source_url",
  "request_error",
  "request_error_text",
  "request_url",
  "video_cdn_trace",
  "video_playback_range",
  "video_poster_url",
  "video_source_url",
  "viewer_user_agent",
]);

/** An event while it is being read. */
interface Draft {
  fields: Record<string, FieldValue>;
  nested: Record<string, unknown>;
  count: number;
  cut: boolean;
}

/** Decodes one event of a request as it was sent. Never throws: it is untrusted. */
export function decodeEvent(raw: unknown): DecodedEvent {
  const peek = peekEvent(raw);
  if (typeof peek === "string") return { kind: "rejected", reason: peek };

  const draft: Draft = { fields: Object.create(null), nested: Object.create(null), count: 0, cut: false };
  readKeys(draft, raw as Record<string, unknown>);
  writePeeked(draft, peek);
  const { fields, nested } = draft;
  const event: BeaconEvent = { name: peek.name, viewId: peek.viewId, sequence: peek.sequence, fields, nested };
  if (draft.cut) event.cut = true;
  return { kind: "accepted", event };
}

function readKeys(draft: Draft, raw: Record<string, unknown>): void {
  let looked = 0;
  for (const key in raw) {
    looked += 1;
    if (looked > MAX_KEYS_PER_EVENT) {
      draft.cut = true;
      return;
    }
    readField(draft, key, raw[key]);
  }
}

function readField(draft: Draft, key: string, value: unknown): void {
  const name = decodeKey(key);
  const taken = name in draft.fields || name in draft.nested;
  if (taken && encodeKey(name) !== key) return; // the usual spelling wins over others, wherever it stands
  if (!isFieldName(name) || (!taken && draft.count >= MAX_FIELDS_PER_EVENT)) {
    draft.cut = true;
    return;
  }
  if (typeof value === "object" && value !== null) readNested(draft, name, value);
  else if (isScalar(value)) {
    draft.fields[name] = readScalar(draft, name, value);
    if (!taken) draft.count += 1;
  }
}

function isFieldName(name: string): boolean {
  return name !== "__proto__" && name !== "" && name.length <= MAX_FIELD_NAME_LENGTH && name.isWellFormed();
}

function isScalar(value: unknown): value is FieldValue {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function readScalar(draft: Draft, name: string, value: FieldValue): FieldValue {
  if (typeof value === "number") return readNumber(value);
  if (typeof value !== "string") return value;
  const most = LONG_FIELDS.has(name) ? MAX_LONG_FIELD_LENGTH : MAX_FIELD_LENGTH;
  if (value.length > most) draft.cut = true;
  return readText(name, cutText(value, most));
}

function readNested(draft: Draft, name: string, value: object): void {
  const copy = NESTED_FIELDS.has(name) ? copyNested(value) : undefined;
  if (copy === undefined) draft.cut = true;
  else draft.nested[name] = copy;
}

/** Whatever spelling or type they came in, these say what the rest of the system goes by. */
function writePeeked({ fields }: Draft, peek: EventPeek): void {
  fields["event"] = peek.name;
  fields["view_id"] = peek.viewId;
  fields["view_sequence_number"] = peek.sequence;
  if (peek.envKey !== null) fields["env_key"] = peek.envKey;
}
