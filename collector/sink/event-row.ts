import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { BeaconEvent, FieldValue } from "../../domain/wire/decode-events.ts";
import { clamp, dateTime64, expiry } from "./column-values.ts";

/**
 * A row of table `events` as a line of JSON, values in the order of its columns. Written by hand: `JSON.stringify` of
 * objects with names from outside, and then of their text again, was more than half of all that folding costs.
 */
export function eventRow(
  environmentId: EnvironmentId,
  view: { viewId: string; firstSeenMs: number },
  event: BeaconEvent,
  arrivedAtMs: number,
  retentionDays: number,
): string {
  const viewerTimeMs = event.fields["viewer_time"];
  const playheadMs = event.fields["player_playhead_time"];
  const [seenAt, arrivedAt] = [dateTime64(view.firstSeenMs), dateTime64(arrivedAtMs)];
  const viewedAt = typeof viewerTimeMs === "number" ? dateTime64(viewerTimeMs) : arrivedAt;
  const playhead = typeof playheadMs === "number" ? Math.trunc(clamp(playheadMs, -9e15, 9e15)) : 0;
  return (
    `[${environmentId},${quoted(view.viewId)},${event.sequence},${seenAt},${quoted(event.name)},${arrivedAt},` +
    `${viewedAt},${playhead},"${details(event)}","${expiry(view.firstSeenMs, retentionDays)}"]`
  );
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
