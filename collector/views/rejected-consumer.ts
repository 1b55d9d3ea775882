import { decodeRejectedRecord } from "../../domain/messages/rejected-record.ts";
import type { EventLog, LogConsumer, StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { openPatientConsumer } from "../../platform/eventlog/patient-consumer.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import { rejectedRow } from "../sink/rejected-rows.ts";
import type { Row } from "../sink/rows.ts";
import type { Sink } from "../sink/sink.ts";

const GROUP = "rejected";
/** Rows of one insert: samples may hold 64 KiB each. */
const MAX_ROWS_PER_INSERT = 200;

export interface RejectedConsumerDeps {
  log: Logger;
  eventlog: EventLog;
  sink: Sink;
  /** A record that is none of ours. */
  onUndecodable: () => void;
  onFailed: (error: Error) => void;
}

/** Stores topic `rejected` in table `rejected_beacons`. What was read but not committed is read and stored again. */
export class RejectedConsumer {
  readonly #deps: RejectedConsumerDeps;
  readonly #closing = new AbortController();
  #consumer: LogConsumer | null = null;

  constructor(deps: RejectedConsumerDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#consumer = await openPatientConsumer(
      this.#deps.eventlog,
      { topic: "rejected", group: GROUP, log: this.#deps.log },
      {
        assigned: async () => undefined, // goes on where the group had committed
        batch: (partition, records) => this.#batch(partition, records),
        revoked: async () => undefined,
        failed: this.#deps.onFailed,
      },
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#consumer?.close();
  }

  async #batch(partition: number, records: readonly StoredRecord[]): Promise<void> {
    const rows = records.flatMap((record) => this.#row(record) ?? []);
    try {
      for (let at = 0; at < rows.length; at += MAX_ROWS_PER_INSERT) {
        await this.#deps.sink.store(
          { rejected_beacons: rows.slice(at, at + MAX_ROWS_PER_INSERT) },
          this.#closing.signal,
        );
      }
    } catch (error) {
      if (this.#closing.signal.aborted) return; // the next start reads it again
      throw error;
    }
    await this.#consumer?.commit(partition, records.at(-1)?.nextOffset ?? 0);
  }

  #row({ partition, offset, value }: StoredRecord): [Row] | null {
    const record = decodeRejectedRecord(value.toString("utf8"));
    if (record !== null) return [rejectedRow(record, { stage: "edge", partition, position: offset, item: 0 })];
    this.#deps.onUndecodable();
    return null;
  }
}
