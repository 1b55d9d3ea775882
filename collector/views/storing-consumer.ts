import {
  type Assignment,
  type EventLog,
  LogUnavailableError,
  NotHeldError,
  type StoredRecord,
} from "../../platform/eventlog/eventlog.ts";
import { openPatientConsumer, type PatientConsumer } from "../../platform/eventlog/patient-consumer.ts";
import type { Logger } from "../../platform/observability/logger.ts";

/** A record of the log, and what it says. */
export interface Decoded<T> {
  stored: StoredRecord;
  record: T;
}

/** A topic whose records are rows of a table, with keys: what is read again is stored again, and counts once. */
export interface StoredTopic<T> {
  topic: string;
  group: string;
  /** Null for what is none of ours. */
  decode(text: string): T | null;
  store(records: readonly Decoded<T>[], signal: AbortSignal): Promise<void>;
  /** Keeps what follows from a batch that is stored, besides its position. May fail as that may. */
  keep?(partition: number, records: readonly Decoded<T>[], last: StoredRecord): Promise<void>;
  assigned?(assignment: Assignment): Promise<void>;
  revoked?(partition: number): void;
}

export interface StoringConsumerDeps {
  log: Logger;
  eventlog: EventLog;
  /** A record that is none of ours. */
  onUndecodable: () => void;
  onFailed: (error: Error) => void;
}

/** Stores a topic batch by batch; the position is kept after the rows. */
export class StoringConsumer<T> {
  readonly #deps: StoringConsumerDeps;
  readonly #topic: StoredTopic<T>;
  readonly #closing = new AbortController();
  #consumer: PatientConsumer | null = null;

  constructor(deps: StoringConsumerDeps, topic: StoredTopic<T>) {
    this.#deps = deps;
    this.#topic = topic;
  }

  async start(): Promise<void> {
    const { topic, group } = this.#topic;
    this.#consumer = await openPatientConsumer(
      this.#deps.eventlog,
      { topic, group, log: this.#deps.log },
      {
        assigned: async (assignment) => this.#topic.assigned?.(assignment),
        batch: (partition, records) => this.#batch(partition, records),
        revoked: async (partition) => this.#topic.revoked?.(partition),
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
    const last = records.at(-1);
    if (last === undefined) return;
    const decoded = records.flatMap((stored) => {
      const record = this.#topic.decode(stored.value.toString("utf8"));
      if (record === null) this.#deps.onUndecodable();
      return record === null ? [] : [{ stored, record }];
    });
    try {
      await this.#topic.store(decoded, this.#closing.signal);
    } catch (error) {
      if (this.#closing.signal.aborted) return; // the next start reads it again
      throw error;
    }
    await this.#keep(partition, decoded, last);
  }

  /** What cannot be kept now is kept with the next batch. */
  async #keep(partition: number, decoded: readonly Decoded<T>[], last: StoredRecord): Promise<void> {
    try {
      await this.#topic.keep?.(partition, decoded, last);
      await this.#consumer?.commit(partition, last.nextOffset);
    } catch (error) {
      if (!(error instanceof NotHeldError || error instanceof LogUnavailableError)) throw error;
      this.#deps.log.warn({ err: error, topic: this.#topic.topic, partition }, "position in a topic not kept");
    }
  }
}
