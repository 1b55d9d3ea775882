import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../observability/logger.ts";
import { CompactionIndex } from "./compaction.ts";
import type { LogRecord } from "./eventlog.ts";
import type { LogMetrics } from "./log-metrics.ts";
import { readGroupProgress } from "./offsets.ts";
import { planRetention, removeSegment, withSizes } from "./retention.ts";
import { listSegments, type Segment, syncDirectory } from "./segment-files.ts";
import { SegmentReader } from "./segment-reader.ts";

export interface TopicKeeperOptions {
  topic: string;
  directory: string;
  partitions: number;
  compacted: boolean;
  retentionMs: number;
  maxBytes: number;
  everyMs: number;
  now: () => number;
  log: Logger | null;
  metrics: LogMetrics | null;
}

/** Deletes what the topic no longer needs; belongs to its writer, the only one that may. */
export class TopicKeeper {
  readonly #options: TopicKeeperOptions;
  readonly #index: CompactionIndex | null;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(options: TopicKeeperOptions) {
    this.#options = options;
    this.#index = options.compacted ? new CompactionIndex() : null;
  }

  /** Reads a compacted topic once, up to `end`, to know its newest keys. */
  static async open(options: TopicKeeperOptions, end: number): Promise<TopicKeeper> {
    const keeper = new TopicKeeper(options);
    if (options.compacted) await keeper.#load(end);
    return keeper;
  }

  add(record: LogRecord, segmentBase: number): void {
    this.#index?.add(record, segmentBase);
  }

  start(beat: () => Promise<void>): void {
    this.#running = this.#run(beat);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #load(end: number): Promise<void> {
    const reader = new SegmentReader(this.#options.directory, true);
    const bases = (await listSegments(this.#options.directory)).map(({ base }) => base);
    try {
      for (let position = bases[0] ?? end; position < end; ) {
        const chunk = await reader.read(position, end);
        for (const record of chunk.records) this.add(record, bases.findLast((base) => base <= record.offset) ?? 0);
        if (chunk.next === position) break;
        position = chunk.next;
      }
    } finally {
      await reader.close();
    }
  }

  async #run(beat: () => Promise<void>): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await beat();
        await this.#removeOld();
      } catch (error) {
        this.#options.log?.error({ err: error, topic: this.#options.topic }, "log retention failed");
      }
      await sleep(this.#options.everyMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
    }
  }

  async #removeOld(): Promise<void> {
    const { topic, directory, metrics } = this.#options;
    const segments = await withSizes(await listSegments(directory));
    const removed = this.#index === null ? await this.#expire(segments) : await this.#compact(this.#index, segments);
    const kept = segments.filter(({ base }) => !removed.has(base));
    metrics?.diskBytes.set(
      { topic },
      kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    );
  }

  async #expire(segments: readonly (Segment & { sizeBytes: number })[]): Promise<Set<number>> {
    const { topic, directory, partitions, retentionMs, maxBytes, now, log, metrics } = this.#options;
    const groups = await readGroupProgress(directory, partitions);
    const state = { segments, groups, followedAtMs: (segment: Segment) => this.#followedAtMs(segments, segment) };
    const expired = await planRetention(state, { nowMs: now(), retentionMs, maxBytes });
    for (const { segment, reason, laggingGroups } of expired) {
      // Unread: behind a group, or nobody has read yet. At a high rate the size decides all the time, and nothing is lost.
      if (reason === "size" && (laggingGroups.length > 0 || groups.length === 0)) {
        metrics?.evictions.inc({ topic });
        log?.error({ topic, segment: segment.path, laggingGroups }, "log segment deleted for size before it was read");
      }
      await removeSegment(segment);
    }
    return new Set(expired.map(({ segment }) => segment.base));
  }

  async #compact(index: CompactionIndex, segments: readonly Segment[]): Promise<Set<number>> {
    const gone = new Set(index.obsolete(segments.slice(0, -1).map(({ base }) => base)));
    for (const segment of segments.filter(({ base }) => gone.has(base))) {
      await removeSegment(segment);
      // One by one: a delete marker must not vanish, by power loss, before the older record that it deletes.
      await syncDirectory(this.#options.directory);
      index.forget(segment.base);
    }
    return gone;
  }

  /** Records carry the time of their writing, so the first whole one behind a segment bounds the age of all in it. */
  async #followedAtMs(segments: readonly Segment[], segment: Segment): Promise<number | null> {
    const following = segments[segments.findIndex(({ base }) => base === segment.base) + 1];
    if (following === undefined) return null;
    const reader = new SegmentReader(this.#options.directory, false);
    try {
      for (let position = following.base; ; ) {
        const { records, next } = await reader.read(position, Number.MAX_SAFE_INTEGER);
        if (records[0] !== undefined) return records[0].timestampMs;
        if (next === position) return null;
        position = next; // behind damage
      }
    } finally {
      await reader.close();
    }
  }
}
