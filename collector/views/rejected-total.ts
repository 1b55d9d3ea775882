import { z } from "zod";
import type { EventLog, LogRecord } from "../../platform/eventlog/eventlog.ts";

/** Events that the edge did not take, up to a position of topic `rejected`. */
export interface RejectedTotal {
  nextOffset: number;
  count: number;
}

const Stored = z.object({ nextOffset: z.number(), count: z.number() });

/** One key for each partition of `rejected`. Not beside the checkpoints: a count that rests would keep all of those. */
const TOPIC = "views_progress";
const TOPIC_PARTITION = 0;

/** Null when nothing has been counted yet. Rejects with LogUnavailableError. */
export async function readRejectedTotal(eventlog: EventLog, partition: number): Promise<RejectedTotal | null> {
  let newest: RejectedTotal | null = null;
  for await (const { key, value } of eventlog.readAll(TOPIC, TOPIC_PARTITION)) {
    if (key === keyOf(partition)) newest = Stored.parse(JSON.parse(value.toString("utf8")));
  }
  return newest;
}

export function rejectedTotalRecord(partition: number, total: RejectedTotal, timestampMs: number): LogRecord {
  return {
    partition: TOPIC_PARTITION,
    key: keyOf(partition),
    value: Buffer.from(JSON.stringify(total)),
    timestampMs,
  };
}

function keyOf(partition: number): string {
  return `rejected/${partition}`;
}
