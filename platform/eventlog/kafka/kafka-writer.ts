import type { Logger } from "../../observability/logger.ts";
import { type LogRecord, LogUnavailableError, type LogWriter } from "../eventlog.ts";
import type { LogMetrics } from "../log-metrics.ts";
import { frameBytes } from "../record-format.ts";
import { callsOfNextGroup, cutIntoRounds, type Sized } from "./gather.ts";
import type { KafkaConnection } from "./kafka-connection.ts";
import type { KafkaProducer, Message } from "./producer.ts";
import { MAX_MESSAGE_BYTES } from "./topics.ts";

/** A batch stays within what brokers take by default; larger records, which our topics allow, go alone. */
const LIMITS = { batchBytes: 900_000, groupBytes: 8 * 1024 * 1024 };
/** Waiting for brokers that do not answer: beyond this the caller is told at once. */
const MAX_WAITING_BYTES = 128 * 1024 * 1024;
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
  connection: Pick<KafkaConnection, "close">;
  producer: Pick<KafkaProducer, "send">;
  log: Logger | null;
  metrics: LogMetrics | null;
}

/** Groups the appends that arrive while one group is under way: one request to each broker, without any waiting. */
export class KafkaWriter implements LogWriter {
  readonly #options: KafkaWriterOptions;
  #waiting: Call[] = [];
  #waitingBytes = 0;
  #pump: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: KafkaWriterOptions) {
    this.#options = options;
  }

  append(records: readonly LogRecord[]): Promise<void> {
    if (this.#closing !== null) return Promise.reject(new LogUnavailableError("The writer is closed"));
    if (records.length === 0) return Promise.resolve();
    if (this.#waitingBytes > MAX_WAITING_BYTES)
      return Promise.reject(
        new LogUnavailableError(`The brokers do not keep up: ${this.#waitingBytes} bytes are waiting`),
      );
    return new Promise((resolve, reject) => {
      const messages = records.map((record) => this.#toMessage(record));
      const bytes = messages.reduce((sum, message) => sum + message.bytes, 0);
      this.#waiting.push({ records: messages, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      this.#pump ??= this.#sendAll();
    });
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
      this.#waitingBytes -= bytesOf(calls);
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
    metrics?.bytes.inc({ topic }, bytesOf(calls));
    for (const call of calls) call.resolve();
  }

  /** Throws RangeError for what cannot be stored, before anything of the call is sent. */
  #toMessage(record: LogRecord): Message & Sized {
    const { topic, partitions, compacted } = this.#options;
    const bytes = frameBytes(record) + OVERHEAD_BYTES;
    if (bytes > MAX_MESSAGE_BYTES)
      throw new RangeError(`A record of ${bytes} bytes is longer than ${MAX_MESSAGE_BYTES}`);
    if (record.partition >= partitions) throw new RangeError(`Topic "${topic}" has no partition ${record.partition}`);
    if (compacted && record.key === "") throw new RangeError("A record of a compacted topic needs a key");
    const deletes = compacted && record.value.length === 0;
    return {
      ...{ partition: record.partition, bytes },
      key: record.key,
      value: deletes ? null : record.value,
      timestamp: String(Math.round(record.timestampMs)),
    };
  }
}

function bytesOf(calls: readonly Call[]): number {
  return calls.reduce((sum, call) => sum + call.bytes, 0);
}
