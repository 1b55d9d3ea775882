import { decodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import { TOPICS } from "../../domain/messages/topics.ts";
import type { EventLog, LogRecord, LogWriter } from "../../platform/eventlog/eventlog.ts";

/** Appended at a time: some megabytes. */
const RECORDS_PER_APPEND = 1_000;

/**
 * Copies topic `beacons` record by record, partition after partition, into another log, whichever the two are, and counts
 * the events in it for itself.
 */
export async function copyBeacons(from: EventLog, to: LogWriter): Promise<{ records: number; events: number }> {
  let [records, events] = [0, 0];
  for (let partition = 0; partition < TOPICS.beacons.partitions; partition += 1) {
    let batch: LogRecord[] = [];
    for await (const record of from.readAll("beacons", partition)) {
      events += eventsIn(record.value);
      batch.push({ ...record, value: Buffer.from(record.value) });
      if (batch.length < RECORDS_PER_APPEND) continue;
      records += batch.length;
      await to.append(batch);
      batch = [];
    }
    records += batch.length;
    await to.append(batch);
  }
  return { records, events };
}

function eventsIn(value: Buffer): number {
  const record = decodeBeaconRecord(value.toString("utf8"));
  return record === null || "tickMs" in record ? 0 : (record.count ?? record.events.length);
}
