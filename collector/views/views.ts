import { setTimeout as sleep } from "node:timers/promises";
import {
  type Assignment,
  type EventLog,
  type LogConsumer,
  LogUnavailableError,
  type LogWriter,
} from "../../platform/eventlog/eventlog.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Sink } from "../sink/sink.ts";
import { type CheckpointTrail, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { type CollectedRows, PartitionFold, type PartitionFoldDeps } from "./partition-fold.ts";

/**
 * Least time between the beginnings of two rounds: lets rows gather, costs half of itself in delay. With 500 viewers the
 * store uses 0.75 core at 100 ms and 0.40 core at 250 ms (docs/decisions/live-picture.md).
 */
const ROUND_MS = 250;
const CHECKPOINT_MS = 20_000;
/** While the disk is full; each try writes the whole state of a partition. */
const CHECKPOINT_RETRY_MS = 2_000;
/** Reading pauses above this many rows of all partitions not yet stored: memory stays bounded while the store is away. */
const MAX_PENDING_ROWS = 100_000;
const GROUP = "views";

interface HeldPartition {
  fold: PartitionFold;
  trail: CheckpointTrail;
  /** Log time up to which everything is stored; null until the first round after the assignment. */
  storedUntilMs: number | null;
  checkpointAtMs: number;
}

export interface ViewsDeps extends PartitionFoldDeps {
  log: Logger;
  eventlog: EventLog;
  sink: Sink;
  /** Wall clock, only to space checkpoints; decisions about views use log time. */
  nowMs: () => number;
  partitions: number;
  /** Called after each round that stored rows; others only move the watermark. */
  onStored: () => void;
  onFailed: (error: Error) => void;
}

/**
 * Reads topic `beacons`, folds, hands rows to the sink, and moves the watermark when they are stored. Rounds follow each
 * other: collect what changed, store it, write the checkpoints that are due, commit their offsets.
 */
export class Views {
  readonly #deps: ViewsDeps;
  readonly #held = new Map<number, HeldPartition>();
  readonly #closing = new AbortController();
  #consumer: LogConsumer | null = null;
  #states: LogWriter | null = null;
  #rounds: Promise<void> | null = null;
  #news = Promise.withResolvers<void>();
  #stored = Promise.withResolvers<void>();

  constructor(deps: ViewsDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { eventlog } = this.#deps;
    this.#states = await eventlog.openWriter("views_state");
    this.#rounds = this.#runRounds();
    this.#consumer = await eventlog.subscribe("beacons", GROUP, {
      assigned: (assignment) => this.#assigned(assignment),
      batch: (partition, records) => this.#batch(partition, records),
      revoked: async (partition) => void this.#held.delete(partition),
      failed: (error) => this.#deps.onFailed(error),
    });
  }

  /** Log time up to which all partitions are stored; null while that is not known of each. */
  asOfMs(): number | null {
    if (this.#held.size < this.#deps.partitions) return null;
    let least = Number.POSITIVE_INFINITY;
    for (const { storedUntilMs } of this.#held.values()) {
      if (storedUntilMs === null) return null;
      least = Math.min(least, storedUntilMs);
    }
    return least;
  }

  openViews(): number {
    let count = 0;
    for (const { fold } of this.#held.values()) count += fold.views.size;
    return count;
  }

  lag(): ReadonlyMap<number, number> {
    return this.#consumer?.lag() ?? new Map();
  }

  /** Stores and checkpoints what was read, so that the next start has nothing to replay, then lets go of the log. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#news.resolve();
    await this.#rounds; // before the consumer closes: only who holds a partition may commit
    await this.#consumer?.close();
    await this.#states?.close();
  }

  async #assigned(assignment: Assignment): Promise<void> {
    const { partition } = assignment;
    const records = this.#deps.eventlog.readAll("views_state", partition);
    const restored = new PartitionFold(this.#deps);
    const { trail, found } = await readCheckpoint(partition, records, restored);
    const fold = found && this.#seek(assignment, restored.nextOffset) ? restored : this.#beginAnew(assignment);
    const checkpointAtMs = this.#deps.nowMs() + (CHECKPOINT_MS * (partition + 1)) / this.#deps.partitions; // spread out
    this.#held.set(partition, { fold, trail, storedUntilMs: null, checkpointAtMs });
  }

  /** False when the log ends before that: records were removed that the checkpoint knows of. */
  #seek(assignment: Assignment, offset: number): boolean {
    try {
      assignment.seek(offset);
      return true;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#deps.log.error({ err: error, partition: assignment.partition, offset }, "checkpoint lies beyond the log");
      return false;
    }
  }

  /**
   * Without a checkpoint a committed offset is no place to begin: views would be folded from their middle, and their rows
   * overwritten with less. Everything that is kept is read again, which the keys make harmless.
   */
  #beginAnew(assignment: Assignment): PartitionFold {
    const { partition, committedOffset } = assignment;
    if (committedOffset !== null) {
      this.#deps.log.warn({ partition, committedOffset }, "no checkpoint, reading the partition from its beginning");
      assignment.seek(0);
    }
    return new PartitionFold(this.#deps);
  }

  async #batch(partition: number, records: Parameters<PartitionFold["apply"]>[0]): Promise<void> {
    const held = this.#held.get(partition);
    if (held === undefined) return;
    held.fold.apply(records);
    this.#news.resolve();
    while (this.#pendingRows() > MAX_PENDING_ROWS && !this.#closing.signal.aborted) await this.#stored.promise;
  }

  #pendingRows(): number {
    let count = 0;
    for (const { fold } of this.#held.values()) count += fold.pendingRows;
    return count;
  }

  async #runRounds(): Promise<void> {
    const { signal } = this.#closing;
    try {
      while (!signal.aborted) {
        await this.#news.promise;
        this.#news = Promise.withResolvers();
        const earliest = sleep(ROUND_MS, undefined, { signal }).catch(() => undefined);
        await this.#round(signal);
        await earliest;
      }
      await this.#round(AbortSignal.timeout(LAST_ROUND_MS), true);
    } catch (error) {
      if (signal.aborted) this.#deps.log.warn({ err: error }, "last rows not stored, the next start reads them again");
      else this.#deps.onFailed(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#closing.abort();
      this.#stored.resolve(); // whoever waits for room in #batch goes on to its end
    }
  }

  async #round(signal: AbortSignal, checkpointAll = false): Promise<void> {
    const nowMs = this.#deps.nowMs();
    const collected = [...this.#held].map(([partition, held]) => {
      const rows = held.fold.collect();
      const due = held.fold.nextOffset > 0 && (checkpointAll || nowMs >= held.checkpointAtMs);
      const checkpoint = due ? writeCheckpoint(partition, held.fold, held.trail, nowMs) : null;
      return { partition, held, rows, checkpoint };
    });
    await this.#deps.sink.store(
      {
        events: collected.flatMap(({ rows }) => rows.events),
        views: collected.flatMap(({ rows }) => rows.views),
        beats: collected.flatMap(({ rows }) => rows.beats),
      },
      signal,
    );
    for (const { held, rows } of collected) if (rows.watermarkMs > 0) held.storedUntilMs = rows.watermarkMs;
    this.#stored.resolve();
    this.#stored = Promise.withResolvers();
    if (collected.some(({ rows }) => rows.beats.length + rows.views.length > 0)) this.#deps.onStored();
    for (const { partition, held, rows, checkpoint } of collected) {
      const lost = this.#held.get(partition) !== held; // revoked since: its state is another holder's to write
      if (checkpoint !== null && !lost) await this.#append(partition, held, rows, checkpoint, nowMs);
    }
  }

  async #append(
    partition: number,
    held: HeldPartition,
    rows: CollectedRows,
    { records, trail }: ReturnType<typeof writeCheckpoint>,
    nowMs: number,
  ): Promise<void> {
    try {
      await this.#states?.append(records);
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error;
      this.#deps.log.warn({ err: error, partition }, "checkpoint not written, trying again");
      held.checkpointAtMs = nowMs + CHECKPOINT_RETRY_MS;
      return;
    }
    await this.#consumer?.commit(partition, rows.nextOffset);
    held.trail = trail;
    held.checkpointAtMs = nowMs + CHECKPOINT_MS;
  }
}

/** `close` has this long to store what was read; a store that is away must not hold up the stop. */
const LAST_ROUND_MS = 3_000;
