import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { arrivingAt, START_MS, type Tables, ticks } from "./fold-run.ts";
import { asLog, recordedRecords } from "./recorded-records.ts";

const ONE = 1 as EnvironmentId;
const HOUR_MS = 3_600_000;

/** Later in time, with the same content. */
export const shifted = (records: readonly StoredRecord[], byMs: number) =>
  records.map((record) => arrivingAt(record, record.timestampMs + byMs));

/** The same sent again as the SDKs do: as it was, with a new time of sending. */
export const sentAgain = (record: StoredRecord, byMs: number): StoredRecord => {
  const content = JSON.parse(record.value.toString());
  const value = Buffer.from(JSON.stringify({ ...content, transmittedAtMs: content.transmittedAtMs + byMs }));
  return arrivingAt({ ...record, value }, record.timestampMs + byMs);
};

/** As retention leaves a log: its first records are gone, the offsets stay. */
export const withoutFirst = (records: readonly StoredRecord[], count: number) => records.slice(count);

/** Of a late event that came several times the newest stands, or the one that was read last. */
export function withoutLate(tables: Tables): unknown {
  const copied = tables.copy();
  for (const at of copied.events.keys()) if (at.endsWith("/1")) copied.events.delete(at);
  return copied.content();
}

/** A day and a half: views that end and that break off, one that is sent again for hours, and one with a late batch. */
export function longLog(): StoredRecord[] {
  const brokenOff = recordedRecords("html5-stall", ONE, START_MS).slice(0, -2);
  const ended = shifted(recordedRecords("hlsjs-tab-close", ONE, START_MS), 3 * HOUR_MS);
  const another = shifted(recordedRecords("muxplayer-two-videos", ONE, START_MS), 27 * HOUR_MS);
  const [first] = brokenOff as [StoredRecord];
  const again = [2, 4, 6].map((hours) => sentAgain(first, hours * HOUR_MS));
  const silent = recordedRecords("transport-retry-500", ONE, START_MS).slice(0, 2) as [StoredRecord, StoredRecord];
  const late = [sentAgain(ended[0] as StoredRecord, 4 * HOUR_MS), ...silent, sentAgain(silent[1], 25.6 * HOUR_MS)];
  return asLog([
    ...[...brokenOff, ...ended, ...another, ...again, ...late],
    ...ticks(START_MS, START_MS + 36 * HOUR_MS, 120_000),
  ]);
}
