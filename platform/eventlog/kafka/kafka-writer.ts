import type { Logger } from "../../observability/logger.ts";
import type { LogRecord, LogWriter } from "../eventlog.ts";
import type { LogMetrics } from "../log-metrics.ts";
import { frameBytes } from "../record-format.ts";
import { callsOfNextGroup, cutIntoRounds, type Sized } from "./gather.ts";
import type { KafkaConnection } from "./kafka-connection.ts";
import type { KafkaProducer, Message } from "./producer.ts";
import { MAX_MESSAGE_BYTES } from "./topics.ts";

/** A batch stays within what brokers take by default; larger records, which our topics allow, go alone. */
const LIMITS = { batchBytes: 900_000, groupBytes: 8 * 1024 * 1024 };
/** What a record takes in a batch besides key and value, at most. */
const OVERHEAD_BYTES = 100;

interface Call {
  records: readonly (Message & Sized)[];
  bytes: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

export interface KafkaWriterOptions {
  /** As services know it, for metrics. */
  topic: string;
  partitions: number;
  compacted: boolean;
  connection: KafkaConnection;
  producer: KafkaProducer;
  log: Logger | null;
  metrics: LogMetrics | null;
}

/** Groups the appends that arrive while one group is under way: one request to each broker, without any waiting. */
export class KafkaWriter implements LogWriter {
  readonly #options: KafkaWriterOptions;
  #waiting: Call[] = [];
  #pump: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: KafkaWriterOptions) {
    this.#options = options;
  }

  append(records: readonly LogRecord[]): Promise<void> {
    if (this.#closing !== null) return Promise.reject(new Error(`The writer of "${this.#options.topic}" is closed`));
    if (records.length === 0) return Promise.resolve();
    try {
      const messages = records.map((record) => this.#toMessage(record));
      const bytes = messages.reduce((sum, message) => sum + message.bytes, 0);
      return new Promise((resolve, reject) => {
        this.#waiting.push({ records: messages, bytes, resolve, reject });
        this.#pump ??= this.#sendAll();
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#pump;
    await this.#options.connection.close();
  }

  async #sendAll(): Promise<void> {
    await Promise.resolve(); // calls of the same turn go together
    while (this.#waiting.length > 0) {
      const calls = this.#waiting.splice(0, callsOfNextGroup(this.#waiting, LIMITS));
      await this.#sendGroup(calls);
    }
    this.#pump = null;
  }

  async #sendGroup(calls: readonly Call[]): Promise<void> {
    const { topic, producer, metrics } = this.#options;
    const records = calls.flatMap((call) => call.records);
    const startedMs = performance.now();
    try {
      for (const round of cutIntoRounds(records, LIMITS)) await producer.send(round);
    } catch (error) {
      metrics?.failures.inc({ topic });
      for (const call of calls) call.reject(error);
      return;
    }
    metrics?.syncSeconds.observe({ topic }, (performance.now() - startedMs) / 1_000);
    metrics?.groupRecords.observe({ topic }, records.length);
    metrics?.records.inc({ topic }, records.length);
    metrics?.bytes.inc(
      { topic },
      calls.reduce((sum, call) => sum + call.bytes, 0),
    );
    for (const call of calls) call.resolve();
  }

  /** Throws RangeError for what cannot be stored, before anything of the call is sent. */
  #toMessage(record: LogRecord): Message & Sized {
    const { topic, partitions, compacted } = this.#options;
    const bytes = frameBytes(record) + OVERHEAD_BYTES;
    if (bytes > MAX_MESSAGE_BYTES)
      throw new RangeError(`A record of ${bytes} bytes is longer than ${MAX_MESSAGE_BYTES}`);
    if (record.partition >= partitions) throw new RangeError(`Topic "${topic}" has no partition ${record.partition}`);
    const deletes = compacted && record.value.length === 0;
    return {
      ...{ partition: record.partition, bytes },
      key: record.key,
      value: deletes ? null : record.value,
      timestamp: String(Math.round(record.timestampMs)),
    };
  }
}
