import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { BeaconEvent, FieldValue } from "../../domain/wire/decode-events.ts";
import { clamp, dateTime64, expiry } from "./column-values.ts";
import type { Row } from "./rows.ts";

export function eventRow(
  environmentId: EnvironmentId,
  view: { viewId: string; firstSeenMs: number },
  event: BeaconEvent,
  arrivedAtMs: number,
  retentionDays: number,
): Row {
  const viewerTimeMs = event.fields["viewer_time"];
  const playheadMs = event.fields["player_playhead_time"];
  return [
    environmentId,
    view.viewId,
    event.sequence,
    dateTime64(view.firstSeenMs),
    event.name,
    dateTime64(arrivedAtMs),
    dateTime64(typeof viewerTimeMs === "number" ? viewerTimeMs : arrivedAtMs),
    typeof playheadMs === "number" ? Math.trunc(clamp(playheadMs, -9e15, 9e15)) : 0,
    detailsJson(event),
    expiry(view.firstSeenMs, retentionDays),
  ];
}

/**
 * All that the event carried as one JSON object. Written by hand: `JSON.stringify` of objects with names from outside
 * takes four times as long, and was a third of all that folding costs.
 */
function detailsJson({ fields, nested }: BeaconEvent): string {
  let text = "{";
  for (const name in fields) {
    text += `${text === "{" ? "" : ","}${member(name)}${scalar(fields[name] as FieldValue)}`;
  }
  for (const name in nested) text += `${text === "{" ? "" : ","}${member(name)}${JSON.stringify(nested[name])}`;
  return `${text}}`;
}

/** Players send about 240 names. */
const MAX_MEMBERS = 4_096;
const members = new Map<string, string>();

/** `"name":` */
function member(name: string): string {
  const known = members.get(name);
  if (known !== undefined) return known;
  const made = `${JSON.stringify(name)}:`;
  if (members.size >= MAX_MEMBERS) members.clear();
  members.set(name, made);
  return made;
}

/** Text that needs no escape in JSON; lone surrogates cannot be, `decodeEvent` mends them. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e\xa0-\ud7ff]*$/;

function scalar(value: FieldValue): string {
  if (typeof value !== "string") return String(value); // numbers are finite
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}
