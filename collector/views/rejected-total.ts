import { z } from "zod";
import type { EventLog, LogRecord } from "../../platform/eventlog/eventlog.ts";

/** Events that the edge did not take, up to a position of topic `rejected`. */
export interface RejectedTotal {
  nextOffset: number;
  count: number;
}

const Stored = z.object({ nextOffset: z.number(), count: z.number() });

/** Beside the checkpoints: topic `views_state`, partition 0, one key for each partition of `rejected`. */
const STATE_TOPIC = "views_state";
const STATE_PARTITION = 0;

/** Null when nothing has been counted yet. Rejects with LogUnavailableError. */
export async function readRejectedTotal(eventlog: EventLog, partition: number): Promise<RejectedTotal | null> {
  let newest: RejectedTotal | null = null;
  for await (const { key, value } of eventlog.readAll(STATE_TOPIC, STATE_PARTITION)) {
    if (key === keyOf(partition)) newest = Stored.parse(JSON.parse(value.toString("utf8")));
  }
  return newest;
}

export function rejectedTotalRecord(partition: number, total: RejectedTotal, timestampMs: number): LogRecord {
  return {
    partition: STATE_PARTITION,
    key: keyOf(partition),
    value: Buffer.from(JSON.stringify(total)),
    timestampMs,
  };
}

function keyOf(partition: number): string {
  return `rejected/${partition}`;
}
