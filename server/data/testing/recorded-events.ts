import { readFileSync } from "node:fs";
import type { BeaconEvent } from "../../../domain/wire/decode-events.ts";
import { decodeEvent } from "../../../domain/wire/decode-events.ts";
import { decodeRequest } from "../../../domain/wire/decode-request.ts";
import type { TestClickHouse } from "../../../platform/clickhouse/testing.ts";

const FOLDER = new URL("../../../fixtures/beacons/", import.meta.url);

/** An event of a recording with how it arrived. */
export interface RecordedEvent {
  event: BeaconEvent;
  arrivedAtMs: number;
  /** Client clock. */
  sentAtMs: number | null;
}

/** What a recording's first view sent, as if it began at that moment; each event once. */
export function recordedEvents(name: string, beganMs: number): RecordedEvent[] {
  const lines = readFileSync(new URL(`${name}.ndjson`, FOLDER), "utf8")
    .trim()
    .split("\n");
  const requests = lines.map((line) => JSON.parse(line) as { t_ms: number; body: string });
  const events = requests.flatMap(({ t_ms, body }) => {
    const request = decodeRequest(body);
    if (request.kind === "rejected") throw new Error(request.reason);
    return request.events.flatMap(({ raw }) => {
      const decoded = decodeEvent(raw);
      const arrival = { arrivedAtMs: beganMs + t_ms, sentAtMs: request.transmissionTimestampMs };
      return decoded.kind === "rejected" ? [] : [{ event: decoded.event, ...arrival }];
    });
  });
  const of = events.filter(({ event }) => event.viewId === events[0]?.event.viewId);
  return [...new Map(of.toReversed().map((each) => [each.event.sequence, each])).values()].toReversed();
}

const COLUMNS = [
  ...["environment_id", "view_id", "sequence", "late", "view_first_seen", "name", "server_time", "sent_time"],
  ...["viewer_time", "playhead_ms", "details", "expires_on"],
];

/** Writes rows of table `events` as the collector's sink does. */
export async function insertEvents(
  { client }: TestClickHouse,
  view: { environmentId: number; viewId: string; firstSeenMs: number },
  events: readonly RecordedEvent[],
): Promise<void> {
  const rows = events.map(({ event, arrivedAtMs, sentAtMs }) => [
    ...[view.environmentId, view.viewId, event.sequence, 0, new Date(view.firstSeenMs), event.name],
    ...[new Date(arrivedAtMs), sentAtMs === null ? null : new Date(sentAtMs)],
    ...[new Date(Number(event.fields["viewer_time"])), Math.trunc(Number(event.fields["player_playhead_time"] ?? 0))],
    ...[JSON.stringify({ ...event.fields, ...event.nested }), "2105-01-01"],
  ]);
  await client.insert("events", COLUMNS, rows);
}
