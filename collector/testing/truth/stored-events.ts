import { z } from "zod";
import type { EnvironmentId } from "../../../domain/identifiers.ts";
import type { RawEvent, RawView } from "../../../domain/truth/raw-view.ts";
import type { FieldValue } from "../../../domain/wire/decode-events.ts";
import type { ClickHouse } from "../../../platform/clickhouse/clickhouse.ts";

const EventRow = z.object({
  view_id: z.string(),
  sequence: z.number(),
  late: z.number(),
  name: z.string(),
  arrived_ms: z.number(),
  sent_ms: z.number().nullable(),
  details: z.string(),
  error_severity: z.enum(["", "fatal", "warning"]),
  error_type: z.enum(["", "playback_failure", "business_exception"]),
});

/** Views as table `events` keeps them: of repeats nothing but those that came late. */
export async function viewsOfStoredEvents(clickhouse: ClickHouse, environmentId: EnvironmentId): Promise<RawView[]> {
  const rows = await clickhouse.query(
    `SELECT view_id, sequence, late, name, details, error_severity, error_type,
       toFloat64(toUnixTimestamp64Milli(server_time)) AS arrived_ms, toFloat64(toUnixTimestamp64Milli(sent_time)) AS sent_ms
     FROM events FINAL WHERE environment_id = {environmentId: UInt32}`,
    { environmentId },
    EventRow,
  );
  return [...Map.groupBy(rows, (row) => row.view_id)].map(([viewId, ofView]) => ({
    viewId,
    events: ofView.map(eventOf),
    bot: false,
  }));
}

function eventOf({ sequence, name, details, ...row }: z.infer<typeof EventRow>): RawEvent {
  const carried = Object.entries(JSON.parse(details) as Record<string, unknown>); // our own writing, tested beside event-row.ts
  const nested = Object.fromEntries(carried.filter(([, value]) => isNested(value)));
  const fields = Object.fromEntries(carried.filter(([, value]) => !isNested(value))) as Record<string, FieldValue>;
  const times = { arrivedAtMs: row.arrived_ms, transmittedAtMs: row.sent_ms };
  const { error_severity: severity, error_type: type } = row;
  const category = type === "" || severity === "" ? undefined : { severity, type };
  return { sequence, name, fields, nested, category, ...times, late: row.late === 1 };
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
