import { decodeDeliveryRecord } from "../../domain/usage/delivery-record.ts";
import {
  type EventLog,
  LogUnavailableError,
  NotHeldError,
  type StoredRecord,
} from "../../platform/eventlog/eventlog.ts";
import { openPatientConsumer, type PatientConsumer } from "../../platform/eventlog/patient-consumer.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import { deliveryRow } from "../sink/delivery-rows.ts";
import type { Sink } from "../sink/sink.ts";

const TOPIC = "deliveries";
const GROUP = "deliveries";

export interface DeliveriesConsumerDeps {
  log: Logger;
  eventlog: EventLog;
  sink: Sink;
  /** A record that is none of ours. */
  onUndecodable: () => void;
  onFailed: (error: Error) => void;
}

/** Stores topic `deliveries` in the table of that name. Rows carry keys: what is read again is stored again, and counts once. */
export class DeliveriesConsumer {
  readonly #deps: DeliveriesConsumerDeps;
  readonly #closing = new AbortController();
  #consumer: PatientConsumer | null = null;

  constructor(deps: DeliveriesConsumerDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const ignore = async (): Promise<void> => undefined;
    this.#consumer = await openPatientConsumer(
      this.#deps.eventlog,
      { topic: TOPIC, group: GROUP, log: this.#deps.log },
      {
        assigned: ignore,
        batch: (partition, records) => this.#batch(partition, records),
        revoked: ignore,
        failed: this.#deps.onFailed,
      },
    );
  }

  /** Why the topic is not read at the moment; null where all is well. */
  trouble(): string | null {
    return this.#consumer?.trouble() ?? null;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#consumer?.close();
  }

  async #batch(partition: number, records: readonly StoredRecord[]): Promise<void> {
    const rows = records.flatMap(({ value }) => {
      const record = decodeDeliveryRecord(value.toString("utf8"));
      if (record === null) this.#deps.onUndecodable();
      return record === null ? [] : [deliveryRow(record)];
    });
    try {
      await this.#deps.sink.store({ deliveries: rows }, this.#closing.signal);
    } catch (error) {
      if (this.#closing.signal.aborted) return; // the next start reads it again
      throw error;
    }
    await this.#commit(partition, records.at(-1)?.nextOffset ?? 0);
  }

  /** What cannot be committed now is with the next batch. */
  async #commit(partition: number, offset: number): Promise<void> {
    try {
      await this.#consumer?.commit(partition, offset);
    } catch (error) {
      if (!(error instanceof NotHeldError || error instanceof LogUnavailableError)) throw error;
      this.#deps.log.warn({ err: error, partition }, "position in delivered seconds not kept");
    }
  }
}
