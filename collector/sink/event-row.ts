import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { ErrorCategories } from "../../domain/view/error-category.ts";
import type { BeaconEvent, FieldValue } from "../../domain/wire/decode-events.ts";
import { clamp, dateTime64, expiry } from "./column-values.ts";

/** What the rows of a request's events have in common. */
export interface EventArrival {
  environmentId: EnvironmentId;
  viewId: string;
  firstSeenMs: number;
  /** After the view was final: it changes nothing there. */
  late: boolean;
  /** Log time. */
  arrivedAtMs: number;
  /** Client clock; null when the SDK does not tell. */
  sentAtMs: number | null;
  retentionDays: number;
  errorCategories?: ErrorCategories | undefined;
}

/**
 * A row of table `events` as a line of JSON, values in the order of its columns. Written by hand: `JSON.stringify` of
 * objects with names from outside, and then of their text again, was more than half of all that folding costs.
 */
export function eventRow(event: BeaconEvent, arrival: EventArrival): string {
  const { environmentId, viewId, firstSeenMs, late, sentAtMs, retentionDays } = arrival;
  const viewerTimeMs = event.fields["viewer_time"];
  const playheadMs = event.fields["player_playhead_time"];
  const [seenAt, arrivedAt] = [dateTime64(firstSeenMs), dateTime64(arrival.arrivedAtMs)];
  const sentAt = sentAtMs === null ? "null" : dateTime64(sentAtMs);
  const viewedAt = typeof viewerTimeMs === "number" ? dateTime64(viewerTimeMs) : arrivedAt;
  const playhead = typeof playheadMs === "number" ? Math.trunc(clamp(playheadMs, -9e15, 9e15)) : 0;
  return (
    `[${environmentId},${quoted(viewId)},${event.sequence},${Number(late)},${seenAt},${quoted(event.name)},` +
    `${arrivedAt},${sentAt},${viewedAt},${playhead},"${details(event)}",${category(event, arrival)},"${expiry(firstSeenMs, retentionDays)}"]`
  );
}

function category({ name, sequence }: BeaconEvent, { errorCategories }: EventArrival): string {
  const known = name === "error" ? errorCategories?.[sequence] : undefined;
  return known === undefined ? '"",""' : `"${known.severity}","${known.type}"`;
}

/** All that the event carried as one JSON object, escaped for a JSON text. */
function details({ fields, nested }: BeaconEvent): string {
  let text = "{";
  for (const name in fields) {
    const value = fields[name] as FieldValue;
    text += `${text === "{" ? "" : ","}${member(name)}${typeof value === "string" ? quotedTwice(value) : String(value)}`;
  }
  for (const name in nested) {
    text += `${text === "{" ? "" : ","}${member(name)}${escaped(JSON.stringify(nested[name]))}`;
  }
  return `${text}}`;
}

/** Players send about 240 names. */
const MAX_MEMBERS = 4_096;
const members = new Map<string, string>();

/** `\"name\":` */
function member(name: string): string {
  const known = members.get(name);
  if (known !== undefined) return known;
  const made = `${quotedTwice(name)}:`;
  if (members.size >= MAX_MEMBERS) members.clear();
  members.set(name, made);
  return made;
}

/** Text that needs no escape in JSON: no quote, no backslash, no control. Lone surrogates have been mended by `decodeEvent`. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e\xa0-\ud7ff]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function quotedTwice(text: string): string {
  return PLAIN.test(text) ? `\\"${text}\\"` : escaped(JSON.stringify(text));
}

/** JSON as it stands within a JSON text. */
function escaped(json: string): string {
  return JSON.stringify(json).slice(1, -1);
}
