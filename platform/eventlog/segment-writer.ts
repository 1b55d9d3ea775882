import { performance } from "node:perf_hooks";
import type { Logger } from "../observability/logger.ts";
import { DurablePublisher } from "./durable-position.ts";
import { type LogRecord, LogUnavailableError, type LogWriter } from "./eventlog.ts";
import type { Lease } from "./lease.ts";
import type { LogMetrics } from "./log-metrics.ts";
import { frameBytes, writeFrame } from "./record-format.ts";
import type { RecoveredEnd } from "./recovery.ts";
import { type OpenSegmentFile, type SegmentFile, segmentAt, syncDirectory, unavailable } from "./segment-files.ts";
import type { TopicKeeper } from "./topic-keeper.ts";

/** A group is one buffer, one write and one fdatasync; larger than this it only delays its first append. */
const MAX_GROUP_BYTES = 8 * 1024 * 1024;
/** Waiting for a disk that does not answer: beyond this the caller is told at once. */
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

export interface SegmentWriterOptions {
  topic: string;
  directory: string;
  segmentBytes: number;
  partitions: number;
  compacted: boolean;
  end: RecoveredEnd;
  lease: Lease;
  openFile: OpenSegmentFile;
  log: Logger | null;
  metrics: LogMetrics | null;
  keeper: TopicKeeper;
}

interface Append {
  records: readonly LogRecord[];
  bytes: number;
  resolve: () => void;
  reject: (error: Error) => void;
}

export class SegmentWriter implements LogWriter {
  readonly #options: SegmentWriterOptions;
  readonly #durable: DurablePublisher;
  #file: SegmentFile | null = null;
  #base: number;
  /** Everything below is on disk and published. */
  #position: number;
  #waiting: Append[] = [];
  #waitingBytes = 0;
  #draining: Promise<void> | null = null;
  #closed = false;
  #closing: Promise<void> | null = null;
  /** After a failed group: the file may hold bytes behind #position, and its last pages are not to be trusted. */
  #dirty = false;
  /** So that a full disk is logged once, not once per group. */
  #failing = false;

  private constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#durable = new DurablePublisher(options.directory);
    this.#base = options.end.base;
    this.#position = options.end.position;
  }

  static async open(options: SegmentWriterOptions): Promise<SegmentWriter> {
    const writer = new SegmentWriter(options);
    await writer.#openSegment(options.end.base);
    writer.#durable.publish(writer.#position);
    options.keeper.start(() => writer.#heartbeat());
    return writer;
  }

  append(records: readonly LogRecord[]): Promise<void> {
    if (this.#closed) return Promise.reject(new LogUnavailableError("The writer is closed"));
    if (records.length === 0) return Promise.resolve();
    if (this.#waitingBytes > MAX_WAITING_BYTES)
      return Promise.reject(new LogUnavailableError(`The disk does not keep up: ${this.#waitingBytes} bytes waiting`));
    return new Promise((resolve, reject) => {
      const bytes = records.reduce((sum, record) => sum + this.#checkedBytes(record), 0);
      this.#waiting.push({ records, bytes, resolve, reject });
      this.#waitingBytes += bytes;
      this.#draining ??= this.#drain();
    });
  }

  #checkedBytes(record: LogRecord): number {
    const { partitions, compacted, topic } = this.#options;
    if (record.partition >= partitions) throw new RangeError(`Topic "${topic}" has no partition ${record.partition}`);
    if (compacted && record.key === "") throw new RangeError("A record of a compacted topic needs a key");
    return frameBytes(record);
  }

  /** Finishes what was appended, then lets go of the topic. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    await this.#draining;
    await this.#options.keeper.close();
    await this.#file?.close();
    this.#durable.close();
    await this.#options.lease.release();
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // appends of the same turn share the first group
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        await this.#commit(group);
        for (const append of group) append.resolve();
      } catch (error) {
        await this.#repair().catch(() => undefined); // tried again before the next group
        this.#reject(group, error);
      }
    }
    this.#draining = null;
  }

  #takeGroup(): Append[] {
    let [count, bytes] = [0, 0];
    for (const append of this.#waiting) {
      if (count > 0 && bytes + append.bytes > MAX_GROUP_BYTES) break;
      count += 1;
      bytes += append.bytes;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #commit(group: readonly Append[]): Promise<void> {
    await this.#repair();
    if (this.#position - this.#base >= this.#options.segmentBytes) await this.#openSegment(this.#position);
    const bytes = this.#encode(group);
    this.#dirty = true;
    await this.#write(bytes);
    const end = this.#position + bytes.length;
    this.#durable.publish(end);
    this.#dirty = false;
    this.#countDurable(group, bytes.length);
    this.#position = end;
    if (this.#failing) this.#options.log?.info({ topic: this.#options.topic }, "log append works again");
    this.#failing = false;
  }

  #encode(group: readonly Append[]): Buffer {
    const bytes = Buffer.allocUnsafe(group.reduce((sum, append) => sum + append.bytes, 0));
    let at = 0;
    for (const { records } of group) {
      for (const record of records) at = writeFrame(bytes, at, record, this.#position + at);
    }
    return bytes;
  }

  async #write(bytes: Buffer): Promise<void> {
    const file = this.#file;
    if (file === null) throw new LogUnavailableError("No segment is open");
    const from = this.#position - this.#base;
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, at, bytes.length - at, from + at);
      at += bytesWritten;
    }
    const startedMs = performance.now();
    await file.datasync();
    this.#options.metrics?.syncSeconds.observe({ topic: this.#options.topic }, (performance.now() - startedMs) / 1000);
  }

  /**
   * Back to the last durable byte after a failed group. It goes on in a new file: after a failed fdatasync the kernel
   * may call pages clean that never reached the disk, so nothing is written into them again.
   */
  async #repair(): Promise<void> {
    if (!this.#dirty) return;
    await this.#file?.truncate(this.#position - this.#base);
    this.#durable.publish(this.#position);
    if (this.#position > this.#base) await this.#openSegment(this.#position);
    this.#dirty = false;
  }

  async #openSegment(base: number): Promise<void> {
    const { directory, openFile } = this.#options;
    const file = await openFile(segmentAt(directory, base).path);
    await syncDirectory(directory).catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    const previous = this.#file;
    this.#file = file;
    this.#base = base;
    await previous?.close();
  }

  #reject(group: readonly Append[], cause: unknown): void {
    const { log, metrics, topic } = this.#options;
    const error = unavailable(`Topic "${topic}" cannot be written`, cause);
    metrics?.failures.inc({ topic });
    if (!this.#failing) log?.error({ err: error, topic }, "log append failed");
    this.#failing = true;
    for (const append of group) append.reject(error);
  }

  #countDurable(group: readonly Append[], bytes: number): void {
    const { metrics, topic, keeper } = this.#options;
    let count = 0;
    for (const { records } of group) {
      for (const record of records) keeper.add(record, this.#base);
      count += records.length;
    }
    metrics?.records.inc({ topic }, count);
    metrics?.bytes.inc({ topic }, bytes);
    metrics?.groupRecords.observe({ topic }, count);
  }

  /** Two writers would overwrite each other: whoever lost the lease stops at once. */
  async #heartbeat(): Promise<void> {
    if (await this.#options.lease.heartbeat()) return;
    this.#closed = true;
    this.#options.log?.fatal({ topic: this.#options.topic }, "another process has taken over the log");
  }
}
