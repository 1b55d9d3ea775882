import { readFileSync } from "node:fs";
import { type BeaconEvent, decodeEvent } from "../../domain/wire/decode-events.ts";
import { encodeEvent } from "../../domain/wire/encode-event.ts";
import { parseRecording } from "../../domain/wire/rewrite-recording.ts";

/** The marked views' `sub_property_id`, to find them again among hundreds of others. */
export const MARKED = "marked";

const RECORDING = new URL("../../fixtures/beacons/hlsjs-normal.ndjson", import.meta.url);
/** Of the recording: from play to first frame. */
const STARTUP_MS = 65;

/** A view of its own: a request with `viewstart` and `playing`, and later one with `viewend`. */
export interface Mark {
  title: string;
  viewId: string;
  envKey: string;
}

const recorded = recordedEvents(["viewstart", "playing", "viewend"]);

/** Body of the request that begins the view: 4 kB, every field as a real player told it. */
export function startBody(mark: Mark, nowMs: number): string {
  const [start, playing] = [recorded.viewstart, recorded.playing];
  return body(nowMs, [rewrite(start, mark, 1, nowMs - STARTUP_MS), rewrite(playing, mark, 2, nowMs)]);
}

export function endBody(mark: Mark, nowMs: number): string {
  return body(nowMs, [rewrite(recorded.viewend, mark, 3, nowMs)]);
}

/** The title in a mark's first request. */
export function parseMark(text: string): string {
  const { events } = JSON.parse(text) as { events: { vtt?: string }[] };
  return events.find((event) => event.vtt !== undefined)?.vtt ?? "";
}

function body(nowMs: number, events: readonly Record<string, unknown>[]): string {
  return JSON.stringify({ metadata: { transmission_timestamp: Math.round(nowMs) }, events });
}

function rewrite(event: BeaconEvent, mark: Mark, sequence: number, atMs: number): Record<string, unknown> {
  const { title, viewId, envKey } = mark;
  const time = Math.round(atMs);
  const changed = {
    view_id: viewId,
    env_key: envKey,
    view_sequence_number: sequence,
    player_sequence_number: sequence,
    viewer_time: time,
    session_expires: time + 1_500_000,
    ...(event.name === "playing" ? {} : { video_title: title, sub_property_id: MARKED, view_start: time }),
  };
  return encodeEvent({ fields: { ...event.fields, ...changed }, nested: event.nested });
}

/** The first event of each name in the recording. */
function recordedEvents<Name extends string>(names: readonly Name[]): Record<Name, BeaconEvent> {
  const requests = parseRecording(readFileSync(RECORDING, "utf8")) ?? [];
  const events = requests
    .flatMap((request) => (JSON.parse(request.body) as { events: unknown[] }).events)
    .map(decodeEvent)
    .flatMap((decoded) => (decoded.kind === "rejected" ? [] : [decoded.event]));
  const found = names.map((name) => {
    const event = events.find((candidate) => candidate.name === name);
    if (event === undefined) throw new Error(`the recording has no ${name}`);
    return [name, event] as const;
  });
  return Object.fromEntries(found) as Record<Name, BeaconEvent>;
}
