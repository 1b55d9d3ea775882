import type { BeaconRecord } from "../../../domain/messages/beacon-record.ts";
import { encodeBeaconRecord, encodeTick } from "../../../domain/messages/beacon-record.ts";
import type { StoredRecord } from "../../../platform/eventlog/eventlog.ts";

const TICK_MS = 20_000;

/** The log of one partition, as the edge would have written it: records, and the time going on between them. */
export function storedLog(records: readonly BeaconRecord[], untilMs: number): StoredRecord[] {
  const log: StoredRecord[] = [];
  const add = (text: string, timestampMs: number) => {
    const offset = log.length * 100;
    log.push({ partition: 0, key: "", value: Buffer.from(text), timestampMs, offset, nextOffset: offset + 100 });
  };
  let tickMs = records[0]?.arrivedAtMs ?? 0;
  for (const { events, ...head } of records) {
    for (; tickMs + TICK_MS < head.arrivedAtMs; tickMs += TICK_MS) add(encodeTick(tickMs + TICK_MS), tickMs + TICK_MS);
    add(encodeBeaconRecord(head, JSON.stringify({ events })), head.arrivedAtMs);
  }
  add(encodeTick(untilMs), untilMs);
  return log;
}
