import { z } from "zod";
import type { EnvironmentId } from "../../../domain/identifiers.ts";
import type { RawEvent, RawView } from "../../../domain/truth/raw-view.ts";
import type { FieldValue } from "../../../domain/wire/decode-events.ts";
import type { ClickHouse } from "../../../platform/clickhouse/clickhouse.ts";

const EventRow = z.object({
  view_id: z.string(),
  sequence: z.number(),
  name: z.string(),
  arrived_ms: z.number(),
  details: z.string(),
});

/**
 * Views as table `events` keeps them. When a request was sent is not kept: the newest time that its events tell stands for
 * it, so that times on the server's clock are a few seconds off, and nothing else is.
 */
export async function viewsOfStoredEvents(clickhouse: ClickHouse, environmentId: EnvironmentId): Promise<RawView[]> {
  const rows = await clickhouse.query(
    `SELECT view_id, sequence, name, toFloat64(toUnixTimestamp64Milli(server_time)) AS arrived_ms, details
     FROM events FINAL WHERE environment_id = {environmentId: UInt32}`,
    { environmentId },
    EventRow,
  );
  return [...Map.groupBy(rows, (row) => row.view_id)].map(([viewId, ofView]) => ({
    viewId,
    events: [...Map.groupBy(ofView, (row) => row.arrived_ms).values()].flatMap(requestOf),
    bot: false,
  }));
}

function requestOf(rows: readonly z.infer<typeof EventRow>[]): RawEvent[] {
  const events = rows.map(({ sequence, name, arrived_ms: arrivedAtMs, details }) => {
    const fields = JSON.parse(details) as Record<string, FieldValue>; // our own writing, tested beside event-row.ts
    return { sequence, name, arrivedAtMs, fields };
  });
  const told = events.map(({ fields }) => Number(fields["viewer_time"]));
  return events.map((event) => ({ ...event, transmittedAtMs: Math.max(...told) }));
}

/** Longest silence between arrivals, in milliseconds: what came after a long one may have come too late to count. */
export function longestSilenceMs({ events }: RawView): number {
  const arrivals = events.map(({ arrivedAtMs }) => arrivedAtMs).sort((one, other) => one - other);
  return arrivals.reduce((longest, atMs, at) => Math.max(longest, atMs - (arrivals[at - 1] ?? atMs)), 0);
}
