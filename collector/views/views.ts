import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { RowLines } from "../../platform/clickhouse/row-lines.ts";
import {
  type Assignment,
  type EventLog,
  LogUnavailableError,
  NotHeldError,
  type StoredRecord,
} from "../../platform/eventlog/eventlog.ts";
import { openPatientConsumer, type PatientConsumer } from "../../platform/eventlog/patient-consumer.ts";
import type { PatientWriter } from "../../platform/eventlog/patient-writer.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Sink } from "../sink/sink.ts";
import { Checkpoints, type WrittenCheckpoint } from "./checkpoint.ts";
import { addCounts, type EventCounts, NO_EVENTS } from "./event-counts.ts";
import { FoldRejections } from "./fold-rejections.ts";
import { PartitionFold, type PartitionFoldDeps } from "./partition-fold.ts";

/**
 * Least time between the beginnings of two rounds: lets rows gather, costs half of itself in delay. With 500 viewers the
 * store uses 0.75 core at 100 ms and 0.40 core at 250 ms (docs/decisions/live-picture.md).
 */
const ROUND_MS = 250;
/** Under load rounds begin further apart, this many times as long as the last one took: fewer, larger inserts cost less. */
const REST_PER_WORK = 3;
const LONGEST_ROUND_MS = 800;
/** A round waits this long, at the most, for pictures of what the last one stored. */
const LONGEST_SHOWING_MS = 500;
const CHECKPOINT_MS = 20_000;
/** While the disk is full. */
const CHECKPOINT_RETRY_MS = 2_000;
/** Reading pauses above this many rows of all partitions not yet stored: memory stays bounded while the store is away. */
const MAX_PENDING_ROWS = 100_000;
/** So it does above this many bytes of them; the usual 100,000 rows have 100 MB. As many again may be on their way to the store. */
const MAX_PENDING_BYTES = 256_000_000;
/** Bytes of records between two looks at that: their rows are up to a few times as long. */
const APPLIED_BYTES = 16_000_000;
const GROUP = "views";

interface HeldPartition {
  fold: PartitionFold;
  checkpoints: Checkpoints;
  /** Log time up to which everything is stored; null until the first round after the assignment. */
  storedUntilMs: number | null;
  checkpointAtMs: number;
}

export interface ViewsDeps extends PartitionFoldDeps {
  log: Logger;
  eventlog: EventLog;
  /** Of topic `views_state`. */
  states: PatientWriter;
  sink: Sink;
  /** Only to space checkpoints: milliseconds since some moment, whatever the clock is set to. Views know log time alone. */
  elapsedMs: () => number;
  partitions: number;
  /** Called after each round that stored rows; others only move the watermark. */
  onStored: () => void;
  /** Resolves when nobody asks the store for pictures: rows stored meanwhile delay both, and are shown a picture later anyway. */
  shown: () => Promise<void>;
  onFailed: (error: Error) => void;
  /** {@link MAX_PENDING_BYTES} by default. */
  maxPendingBytes?: number;
}

/**
 * Reads topic `beacons`, folds, hands rows to the sink, and moves the watermark when they are stored. Rounds follow each
 * other: collect what changed, store it, write the checkpoints that are due, commit their offsets.
 */
export class Views {
  readonly #deps: ViewsDeps;
  readonly #rejections = new FoldRejections();
  readonly #held = new Map<number, HeldPartition>();
  readonly #closing = new AbortController();
  #consumer: PatientConsumer | null = null;
  #rounds: Promise<void> | null = null;
  #checkpointTrouble: string | null = null;
  #news = Promise.withResolvers<void>();
  #stored = Promise.withResolvers<void>();

  constructor(deps: ViewsDeps) {
    this.#deps = { ...deps, onRejected: this.#rejections.add };
  }

  /** Resolves after the first attempt; a log that cannot be read or written now is tried again, see {@link trouble}. */
  async start(): Promise<void> {
    this.#rounds = this.#runRounds();
    this.#consumer = await openPatientConsumer(
      this.#deps.eventlog,
      { topic: "beacons", group: GROUP, log: this.#deps.log },
      {
        assigned: (assignment) => this.#assigned(assignment),
        batch: (partition, records) => this.#batch(partition, records),
        revoked: async (partition) => void this.#held.delete(partition),
        failed: (error) => this.#deps.onFailed(error),
      },
    );
  }

  /** Log time up to which each partition held here is stored, as far as it is known. */
  storedUntilMs(): ReadonlyMap<number, number> {
    return new Map(
      [...this.#held].flatMap(([partition, { storedUntilMs: ms }]) => (ms === null ? [] : [[partition, ms]])),
    );
  }

  openViews(): number {
    let count = 0;
    for (const { fold } of this.#held.values()) count += fold.views.size;
    return count;
  }

  /** Why the log is not read at the moment, and why no checkpoint is written; null where all is well. */
  trouble(): { log: string | null; checkpoints: string | null } {
    return {
      log: this.#consumer?.trouble() ?? null,
      checkpoints: this.#deps.states.trouble() ?? this.#checkpointTrouble,
    };
  }

  /** What became of all events that were read, since the log began; of the partitions held here. */
  eventCounts(): EventCounts {
    return [...this.#held.values()].reduce((sum, { fold }) => addCounts(sum, fold.counts), NO_EVENTS);
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
  }

  async #assigned(assignment: Assignment): Promise<void> {
    const { partition } = assignment;
    const restored = new PartitionFold(this.#deps);
    let checkpoints = new Checkpoints(partition, newWriterName());
    const found = await checkpoints.read(this.#deps.eventlog.readAll("views_state", partition), restored);
    const isUsable = found && this.#seek(assignment, restored.nextOffset);
    if (!isUsable) checkpoints = checkpoints.anew();
    const fold = isUsable ? restored : await this.#beginAnew(assignment);
    fold.rereadUntil = Number.POSITIVE_INFINITY; // until it is known where the log ends
    const checkpointAtMs = this.#deps.elapsedMs() + (CHECKPOINT_MS * (partition + 1)) / this.#deps.partitions; // spread out
    this.#held.set(partition, { fold, checkpoints, storedUntilMs: null, checkpointAtMs });
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
   * overwritten with less. Everything that is kept is read again, which the keys make harmless; where the log's beginning is
   * gone, views that were under way there are left as they are stored.
   */
  async #beginAnew(assignment: Assignment): Promise<PartitionFold> {
    const { partition, committedOffset } = assignment;
    if (committedOffset !== null) {
      this.#deps.log.warn({ partition, committedOffset }, "no checkpoint, reading the partition from its beginning");
      assignment.seek(0);
    }
    const fold = new PartitionFold(this.#deps);
    if (!(await this.#deps.eventlog.hasBeginning("beacons", partition))) fold.cutAtMs = Number.POSITIVE_INFINITY;
    return fold;
  }

  async #batch(partition: number, records: readonly StoredRecord[]): Promise<void> {
    const held = this.#held.get(partition);
    if (held === undefined) return;
    if (held.fold.rereadUntil === Number.POSITIVE_INFINITY) held.fold.rereadUntil = this.#endOf(partition, records);
    for (const some of cutByBytes(records)) {
      if (this.#held.get(partition) !== held) return; // revoked while this waited
      held.fold.apply(some);
      this.#news.resolve();
      while (this.#isFull() && !this.#closing.signal.aborted) await this.#stored.promise;
    }
  }

  /** Where the partition ends, whose next records these are; infinite while it is not known. */
  #endOf(partition: number, records: readonly StoredRecord[]): number {
    const behind = this.#consumer?.lag().get(partition) ?? Number.POSITIVE_INFINITY;
    return (records.at(-1)?.nextOffset ?? 0) + behind;
  }

  #isFull(): boolean {
    let [rows, bytes] = [this.#rejections.pendingRows, 0];
    for (const { fold } of this.#held.values()) {
      rows += fold.pendingRows;
      bytes += fold.pendingBytes;
    }
    return rows > MAX_PENDING_ROWS || bytes > (this.#deps.maxPendingBytes ?? MAX_PENDING_BYTES);
  }

  async #runRounds(): Promise<void> {
    const { signal } = this.#closing;
    try {
      while (!signal.aborted) {
        await this.#news.promise;
        this.#news = Promise.withResolvers();
        const startedMs = performance.now();
        await this.#round(signal);
        const tookMs = performance.now() - startedMs;
        const spaceMs = Math.min(LONGEST_ROUND_MS, Math.max(ROUND_MS, tookMs * REST_PER_WORK));
        await rest(Math.max(0, spaceMs - tookMs), signal);
        await Promise.race([this.#deps.shown(), rest(LONGEST_SHOWING_MS, signal)]);
      }
      await this.#round(AbortSignal.timeout(LAST_ROUND_MS), true);
    } catch (error) {
      if (signal.aborted) this.#deps.log.warn({ err: error }, "last rows not stored, the next start reads them again");
      else this.#fail(error);
    } finally {
      this.#closing.abort();
      this.#stored.resolve(); // whoever waits for room in #batch goes on to its end
    }
  }

  #fail(error: unknown): void {
    this.#deps.onFailed(error instanceof Error ? error : new Error(String(error)));
  }

  async #round(signal: AbortSignal, checkpointAll = false): Promise<void> {
    const nowMs = this.#deps.elapsedMs();
    const collected = [...this.#held].map(([partition, held]) => {
      const rows = held.fold.collect();
      const due = held.fold.nextOffset > 0 && (checkpointAll || nowMs >= held.checkpointAtMs);
      const checkpoint = due ? held.checkpoints.write(held.fold) : null;
      return { partition, held, rows, checkpoint };
    });
    await this.#deps.sink.store(
      {
        events: RowLines.join(collected.map(({ rows }) => rows.events)),
        views: collected.flatMap(({ rows }) => rows.views),
        beats: collected.flatMap(({ rows }) => rows.beats),
        rejected_beacons: this.#rejections.take(),
      },
      signal,
    );
    for (const { held, rows } of collected) if (rows.watermarkMs > 0) held.storedUntilMs = rows.watermarkMs;
    this.#stored.resolve();
    this.#stored = Promise.withResolvers();
    if (collected.some(({ rows }) => rows.beats.length + rows.views.length > 0)) this.#deps.onStored();
    for (const { partition, held, rows, checkpoint } of collected) {
      const lost = this.#held.get(partition) !== held; // revoked since: its state is another holder's to write
      if (checkpoint !== null && !lost) await this.#append(partition, held, rows.nextOffset, checkpoint, nowMs);
    }
  }

  async #append(
    partition: number,
    held: HeldPartition,
    nextOffset: number,
    checkpoint: WrittenCheckpoint,
    nowMs: number,
  ): Promise<void> {
    try {
      await this.#deps.states.append(checkpoint.records);
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error;
      checkpoint.settle(false);
      this.#deps.log.warn({ err: error, partition }, "checkpoint not written, trying again");
      this.#checkpointTrouble = error.message;
      held.checkpointAtMs = nowMs + CHECKPOINT_RETRY_MS;
      return;
    }
    checkpoint.settle(true);
    this.#checkpointTrouble = null;
    held.checkpointAtMs = nowMs + CHECKPOINT_MS;
    if (await this.#commit(partition, nextOffset)) held.checkpoints.committed();
  }

  /** False when it is not committed: it is read again, by whoever holds the partition then. */
  async #commit(partition: number, nextOffset: number): Promise<boolean> {
    try {
      await this.#consumer?.commit(partition, nextOffset);
      return true;
    } catch (error) {
      if (!(error instanceof NotHeldError || error instanceof LogUnavailableError)) throw error;
      this.#deps.log.warn({ err: error, partition }, "offset not committed");
      return false;
    }
  }
}

/** The records in parts of {@link APPLIED_BYTES}: most batches whole. */
function* cutByBytes(records: readonly StoredRecord[]): Generator<readonly StoredRecord[]> {
  let [from, bytes] = [0, 0];
  for (const [at, { value }] of records.entries()) {
    bytes += value.length;
    if (bytes < APPLIED_BYTES) continue;
    yield records.slice(from, at + 1);
    [from, bytes] = [at + 1, 0];
  }
  if (from < records.length) yield records.slice(from);
}

/** Ends early when the signal aborts. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** No other holder of a partition, before or after, has the same. */
function newWriterName(): string {
  return randomBytes(9).toString("base64url");
}

/** `close` has this long to store what was read; a store that is away must not hold up the stop. */
const LAST_ROUND_MS = 3_000;
