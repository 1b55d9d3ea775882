import { join } from "node:path";
import type { Registry } from "prom-client";
import type { Logger } from "../observability/logger.ts";
import { GroupConsumer } from "./consumer.ts";
import { DurableWatcher } from "./durable-position.ts";
import {
  type ConsumerHandlers,
  type EventLog,
  type Followed,
  LogBusyError,
  type LogConsumer,
  LogUnavailableError,
  type LogWriter,
  type StoredRecord,
} from "./eventlog.ts";
import { followTopic } from "./follow-topic.ts";
import { acquireLease, type Lease } from "./lease.ts";
import { createLogMetrics, type LogMetrics } from "./log-metrics.ts";
import { ownIdentity, type ProcessIdentity } from "./process-identity.ts";
import { recoverEnd } from "./recovery.ts";
import { listSegments, makeDirectory, type OpenSegmentFile, openSegmentFile, unavailable } from "./segment-files.ts";
import { type LostBytes, SegmentReader } from "./segment-reader.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { TopicKeeper } from "./topic-keeper.ts";

const MIB = 1024 * 1024;
/** Also the writer's heartbeat: well below the age at which a lease counts as abandoned. */
const MAINTAIN_EVERY_MS = 5_000;
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

export interface SegmentLogOptions {
  directory: string;
  topics: Readonly<Record<string, { partitions: number; compacted: boolean }>>;
  /** How long records are kept that every group has passed. Not for compacted topics. */
  retentionMs: number;
  /** Per topic: beyond it the oldest segments go even if a group still needs them. Unlimited by default. */
  maxBytes?: number;
  /** A segment is closed by the first group that finds it this large. */
  segmentBytes?: number;
  /** How often the writer looks for segments to delete. */
  maintainEveryMs?: number;
  /** Unix milliseconds. */
  now: () => number;
  log?: Logger;
  metrics?: Registry;
  /** How the writer opens a segment; tests put a full disk here. */
  openFile?: OpenSegmentFile;
}

/** The event log on one machine: one sequence of segment files per topic. Nothing is touched before it is used. */
export function openSegmentLog(options: SegmentLogOptions): EventLog {
  return new SegmentLog(options);
}

class SegmentLog implements EventLog {
  readonly #options: SegmentLogOptions;
  readonly #log: Logger | null;
  readonly #metrics: LogMetrics | null;
  readonly #open = new Set<{ close(): Promise<void> }>();
  #self: Promise<ProcessIdentity> | null = null;

  constructor(options: SegmentLogOptions) {
    this.#options = options;
    this.#log = options.log ?? null;
    this.#metrics = options.metrics === undefined ? null : createLogMetrics(options.metrics);
  }

  async openWriter(topic: string): Promise<LogWriter> {
    const { partitions, compacted } = this.#settings(topic);
    const directory = this.#directoryOf(topic);
    try {
      await makeDirectory(directory);
      const attempt = await acquireLease(directory, "writer.lock", await this.#identity());
      if (attempt.kind === "busy")
        throw new LogBusyError(`Topic "${topic}" in ${directory} is being written by process ${attempt.owner.pid}`);
      return await this.#openWriter(topic, directory, partitions, compacted, attempt.lease);
    } catch (error) {
      throw unavailable(`Topic "${topic}" cannot be opened for writing`, error);
    }
  }

  async subscribe(topic: string, group: string, handlers: ConsumerHandlers): Promise<LogConsumer> {
    const { partitions, compacted } = this.#settings(topic);
    if (!NAME.test(group)) throw new RangeError(`"${group}" is no name for a group`);
    const topicDirectory = this.#directoryOf(topic);
    const groupDirectory = join(topicDirectory, "groups", group);
    await makeDirectory(groupDirectory).catch((error: unknown) => {
      throw unavailable(`Group "${group}" cannot be opened`, error);
    });
    const consumer = new GroupConsumer({
      ...{ topic, group, partitions, compacted, topicDirectory, groupDirectory, handlers },
      self: await this.#identity(),
      log: this.#log,
      metrics: this.#metrics,
    });
    this.#open.add(consumer);
    consumer.start();
    return consumer;
  }

  async *readAll(topic: string, partition: number, onGap = (): void => undefined): AsyncIterable<StoredRecord> {
    const { compacted } = this.#settings(topic);
    const directory = this.#directoryOf(topic);
    const reader = new SegmentReader(directory, compacted);
    try {
      let segments = await listSegments(directory);
      let end = await this.#presentEnd(topic, directory);
      for (let position = segments[0]?.base ?? end; position < end; ) {
        const chunk = await reader.read(position, end);
        yield* chunk.records.filter((record) => record.partition === partition);
        if (chunk.lost !== null) {
          this.#reportLoss(topic, chunk.lost);
          onGap();
        }
        if (chunk.next === position) break;
        position = chunk.next;
        if (!compacted || position < end) continue;
        // Compaction deletes a record once a newer one is durable, perhaps behind the end that this began with.
        const present = await listSegments(directory);
        const someGone = segments.some(({ base }) => !present.some((other) => other.base === base));
        if (someGone) end = await this.#presentEnd(topic, directory);
        segments = present;
      }
    } finally {
      await reader.close();
    }
  }

  /** Partitions share the segments, and all begin with the first of them. */
  async hasBeginning(topic: string): Promise<boolean> {
    const [oldest] = await listSegments(this.#directoryOf(topic));
    return (oldest?.base ?? 0) === 0;
  }

  follow(topic: string, partition: number, signal: AbortSignal): AsyncIterable<Followed> {
    const { compacted } = this.#settings(topic);
    const directory = this.#directoryOf(topic);
    const onLost = (lost: LostBytes): void => this.#reportLoss(topic, lost);
    return followTopic({ directory, compacted, partition, signal, onLost });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((part) => part.close()));
    this.#open.clear();
  }

  async #openWriter(topic: string, directory: string, partitions: number, compacted: boolean, lease: Lease) {
    const { retentionMs, maxBytes = Number.POSITIVE_INFINITY, segmentBytes = 64 * MIB, now } = this.#options;
    const shared = { topic, directory, partitions, compacted, log: this.#log, metrics: this.#metrics };
    try {
      const end = await recoverEnd(directory, partitions, this.#log);
      const everyMs = this.#options.maintainEveryMs ?? MAINTAIN_EVERY_MS;
      const keeper = await TopicKeeper.open({ ...shared, retentionMs, maxBytes, everyMs, now }, end.position);
      const openFile = this.#options.openFile ?? openSegmentFile;
      const writer = await SegmentWriter.open({ ...shared, segmentBytes, end, lease, openFile, keeper });
      this.#open.add(writer);
      return writer;
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  /** Never guessed: when records exist but their end is unknown, the caller has to try again. */
  async #presentEnd(topic: string, directory: string): Promise<number> {
    const watcher = new DurableWatcher(directory);
    try {
      const end = watcher.read();
      if (end !== null) return end;
      if ((await listSegments(directory)).length === 0) return 0;
      throw new LogUnavailableError(`The end of topic "${topic}" is unknown until its writer opens it`);
    } finally {
      watcher.close();
    }
  }

  #reportLoss(topic: string, lost: LostBytes): void {
    this.#metrics?.lostBytes.inc({ topic, reason: lost.reason }, lost.to - lost.from);
    this.#log?.error({ topic, ...lost }, "log bytes were skipped");
  }

  #settings(topic: string): { partitions: number; compacted: boolean } {
    const settings = this.#options.topics[topic];
    if (settings === undefined || !NAME.test(topic)) throw new RangeError(`There is no topic "${topic}"`);
    return settings;
  }

  #directoryOf(topic: string): string {
    return join(this.#options.directory, topic);
  }

  #identity(): Promise<ProcessIdentity> {
    this.#self ??= ownIdentity();
    return this.#self;
  }
}
