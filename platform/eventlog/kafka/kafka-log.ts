import { randomUUID } from "node:crypto";
import type { Registry } from "prom-client";
import type { Logger } from "../../observability/logger.ts";
import type { ConsumerHandlers, EventLog, Followed, LogConsumer, LogWriter, StoredRecord } from "../eventlog.ts";
import { createLogMetrics, type LogMetrics } from "../log-metrics.ts";
import { boundsOf, readPartition, storedRecords } from "./fetch.ts";
import type { KafkaAccess } from "./kafka-access.ts";
import { KafkaConnection } from "./kafka-connection.ts";
import { KafkaConsumer } from "./kafka-consumer.ts";
import { asLogError } from "./kafka-errors.ts";
import { KafkaWriter } from "./kafka-writer.ts";
import { KafkaProducer } from "./producer.ts";
import { ensureTopic } from "./topics.ts";

export interface KafkaLogOptions {
  access: KafkaAccess;
  topics: Readonly<Record<string, { partitions: number; compacted: boolean }>>;
  /** Of topics that are made, unless compacted. Kafka does not wait for slow groups. */
  retentionMs: number;
  /** Per topic that is made; unlimited by default. */
  maxBytes?: number;
  /**
   * Name of this program within its groups, the same after a restart and nobody else's: until its session ends, the group
   * waits for it. Without one, its partitions go to others as soon as it closes.
   */
  memberName?: string;
  /** A member that was not heard of for so long is replaced. Brokers allow 6 s and more. */
  sessionMs?: number;
  log?: Logger;
  metrics?: Registry;
}

const SESSION_MS = 10_000;
/** Also how soon a member hears that the group changes. */
const HEARTBEAT_MS = 500;
const READ_WAIT_MS = 250;

/** The event log on Apache Kafka. Nothing is connected before it is used. */
export function openKafkaLog(options: KafkaLogOptions): EventLog {
  return new KafkaLog(options);
}

class KafkaLog implements EventLog {
  readonly #options: KafkaLogOptions;
  readonly #log: Logger | null;
  readonly #metrics: LogMetrics | null;
  readonly #open = new Set<{ close(): Promise<void> }>();
  readonly #ensured = new Map<string, Promise<void>>();

  constructor(options: KafkaLogOptions) {
    this.#options = options;
    this.#log = options.log ?? null;
    this.#metrics = options.metrics === undefined ? null : createLogMetrics(options.metrics);
  }

  async openWriter(topic: string): Promise<LogWriter> {
    const { partitions, compacted } = this.#settings(topic);
    const connection = await this.#connect(topic);
    const producer = new KafkaProducer(connection, this.#nameOf(topic));
    const shared = { topic, partitions, compacted, log: this.#log, metrics: this.#metrics };
    return this.#keep(new KafkaWriter({ ...shared, connection, producer }));
  }

  async subscribe(topic: string, group: string, handlers: ConsumerHandlers): Promise<LogConsumer> {
    const { partitions } = this.#settings(topic);
    const connection = await this.#connect(topic);
    const side = await this.#connect(topic).catch(async (error: unknown) => {
      await connection.close();
      throw error;
    });
    const topicName = this.#nameOf(topic);
    const consumer = new KafkaConsumer({
      ...{ topic, topicName, partitions, handlers, connection, side },
      groupId: `${topicName}.${group}`,
      instanceId: this.#options.memberName ?? null,
      sessionMs: this.#options.sessionMs ?? SESSION_MS,
      heartbeatMs: HEARTBEAT_MS,
      log: this.#log,
      metrics: this.#metrics,
    });
    consumer.start();
    return this.#keep(consumer);
  }

  /** Records that are deleted meanwhile end it with an error. */
  async *readAll(topic: string, partition: number, onGap = (): void => undefined): AsyncIterable<StoredRecord> {
    const { compacted } = this.#settings(topic);
    const name = this.#nameOf(topic);
    const connection = await this.#connect(topic);
    try {
      let { earliest: position, latest: end } = await boundsOf(connection, name, partition);
      while (position < end) {
        const fetched = await readPartition(connection, name, partition, position, READ_WAIT_MS);
        const damaged = fetched.damaged.filter(({ from }) => from < end);
        const tellGaps = (below: number): void => {
          for (; damaged[0] !== undefined && damaged[0].from < below; damaged.shift()) {
            this.#reportDamage(topic, partition, damaged[0]);
            onGap();
          }
        };
        for (const record of storedRecords(fetched, position, end)) {
          tellGaps(record.offset);
          yield record;
        }
        tellGaps(end);
        position = Math.max(position, fetched.nextOffset ?? position);
        // Compaction deletes a record once a newer one is durable, perhaps behind the end that this began with.
        if (compacted && position >= end) end = (await boundsOf(connection, name, partition)).latest;
      }
    } finally {
      await connection.close();
    }
  }

  async hasBeginning(topic: string, partition: number): Promise<boolean> {
    const connection = await this.#connect(topic);
    try {
      return (await boundsOf(connection, this.#nameOf(topic), partition)).earliest === 0;
    } finally {
      await connection.close();
    }
  }

  async *follow(topic: string, partition: number, signal: AbortSignal): AsyncIterable<Followed> {
    const name = this.#nameOf(topic);
    const connection = await this.#connect(topic);
    const onAbort = (): void => void connection.close();
    signal.addEventListener("abort", onAbort);
    try {
      const { earliest, latest } = await boundsOf(connection, name, partition);
      if (earliest >= latest) yield { records: [], isCaughtUp: true };
      let position = earliest;
      while (!signal.aborted) {
        const fetched = await readPartition(connection, name, partition, position, READ_WAIT_MS);
        for (const damaged of fetched.damaged) this.#reportDamage(topic, partition, damaged);
        const records = storedRecords(fetched, position);
        const next = Math.max(position, fetched.nextOffset ?? position);
        const isNews = position < latest && next >= latest;
        if (records.length > 0 || isNews) yield { records, isCaughtUp: next >= latest };
        position = next;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
      await connection.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((part) => part.close()));
    this.#open.clear();
  }

  #reportDamage(topic: string, partition: number, { from, to }: { from: number; to: number }): void {
    this.#metrics?.lostRecords.inc({ topic, reason: "damaged" }, to - from);
    this.#log?.error({ topic, partition, reason: "damaged", from, to }, "log records were skipped");
  }

  /** A connection of its own, to a topic that is known to exist. */
  async #connect(topic: string): Promise<KafkaConnection> {
    await this.#ensure(topic);
    const connection = new KafkaConnection(this.#options.access, `playhead-${randomUUID()}`, this.#log);
    try {
      await connection.refresh(this.#nameOf(topic));
      return connection;
    } catch (error) {
      await connection.close();
      throw asLogError(`Topic "${topic}" cannot be reached`, error);
    }
  }

  /** Once per topic, unless it fails. */
  #ensure(topic: string): Promise<void> {
    const { access, retentionMs, maxBytes = Number.POSITIVE_INFINITY } = this.#options;
    const known = this.#ensured.get(topic);
    if (known !== undefined) return known;
    const ensured = ensureTopic(access, this.#nameOf(topic), { ...this.#settings(topic), retentionMs, maxBytes });
    this.#ensured.set(topic, ensured);
    ensured.catch(() => this.#ensured.delete(topic));
    return ensured;
  }

  #keep<T extends { close(): Promise<void> }>(part: T): T {
    this.#open.add(part);
    return part;
  }

  #settings(topic: string): { partitions: number; compacted: boolean } {
    const settings = this.#options.topics[topic];
    if (settings === undefined) throw new RangeError(`There is no topic "${topic}"`);
    return settings;
  }

  #nameOf(topic: string): string {
    return `${this.#options.access.prefix}.${topic}`;
  }
}
