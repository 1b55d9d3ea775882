import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../observability/logger.ts";
import { DurableWatcher } from "./durable-position.ts";
import {
  type Assignment,
  type ConsumerHandlers,
  type LogConsumer,
  NotHeldError,
  type StoredRecord,
} from "./eventlog.ts";
import { GroupLeases } from "./group-leases.ts";
import { handOut } from "./hand-out.ts";
import type { LogMetrics } from "./log-metrics.ts";
import { OffsetFile } from "./offsets.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { isCode, listSegments, unavailable } from "./segment-files.ts";
import { type LostBytes, SegmentReader } from "./segment-reader.ts";

const LEASE_POLL_MS = 400;
const HEARTBEAT_MS = 2_000;
const MAX_BATCH_RECORDS = 1_000;
/** A partition without records commits its progress for itself, at least this far apart, so that segments can go. */
const IDLE_COMMIT_BYTES = 1024 * 1024;

export interface GroupConsumerOptions {
  topic: string;
  group: string;
  partitions: number;
  topicDirectory: string;
  groupDirectory: string;
  compacted: boolean;
  self: ProcessIdentity;
  handlers: ConsumerHandlers;
  log: Logger | null;
  metrics: LogMetrics | null;
}

interface Held {
  partition: number;
  offsets: OffsetFile;
  abort: AbortController;
  /** Everything below was handed out or belongs to other partitions. */
  next: number;
  /** End of the last record handed out. */
  delivered: number;
  /** The batch in hand. */
  busy: Promise<void>;
  /** Another process has the lease: nothing may be committed any more. */
  lost: boolean;
}

/**
 * One member of a group. Partitions at the same position are read in one pass over the file; one that is behind (just
 * taken over, or sought back) is read in its own until it has caught up, the passes taking turns.
 */
export class GroupConsumer implements LogConsumer {
  readonly #options: GroupConsumerOptions;
  readonly #leases: GroupLeases;
  readonly #durable: DurableWatcher;
  readonly #reader: SegmentReader;
  readonly #held = new Map<number, Held>();
  readonly #stop = new AbortController();
  #loops: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | null = null;
  #turn = 0;
  #joining: AbortController | null = null;

  constructor(options: GroupConsumerOptions) {
    this.#options = options;
    this.#leases = new GroupLeases(options.groupDirectory, options.partitions, options.self);
    this.#durable = new DurableWatcher(options.topicDirectory);
    this.#reader = new SegmentReader(options.topicDirectory, options.compacted);
  }

  /** Handlers are called only after the caller has got its consumer. */
  start(): void {
    const run = async (loop: () => Promise<void>): Promise<void> => {
      await sleep(0);
      await loop().catch((error: unknown) => this.#fail(error));
    };
    const loops = [() => this.#leaseLoop(), () => this.#heartbeatLoop(), () => this.#readLoop()];
    this.#loops = Promise.all(loops.map(run));
  }

  async commit(partition: number, offset: number): Promise<void> {
    const held = this.#held.get(partition);
    if (held === undefined || held.lost) throw new NotHeldError(partition);
    this.#checkOffset(offset);
    held.offsets.commit(offset);
  }

  /** Bytes of the whole topic between the partition's position and its durable end. */
  lag(): ReadonlyMap<number, number> {
    if (this.#held.size === 0) return new Map();
    const end = this.#durable.read();
    return new Map(
      [...this.#held.values()].map(({ partition, next }) => [partition, Math.max(0, (end ?? next) - next)]),
    );
  }

  /** Waits for the batch in hand. Not to be awaited inside a handler. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stop.abort();
    this.#joining?.abort();
    for (const held of this.#held.values()) held.abort.abort();
    await this.#loops;
    const released = await Promise.allSettled([...this.#held.values()].map((held) => this.#letGo(held)));
    await this.#reader.close();
    this.#durable.close();
    for (const result of released) if (result.status === "rejected") throw result.reason;
  }

  #fail(error: unknown): void {
    const { topic, group, handlers, log } = this.#options;
    if (this.#closing !== null) {
      log?.warn({ err: error, topic, group }, "consumer failed while closing");
      return;
    }
    handlers.failed(unavailable(`Topic "${topic}" cannot be read`, error));
    void this.close().catch((cause: unknown) => log?.error({ err: cause, topic, group }, "closing a consumer failed"));
  }

  async #leaseLoop(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (this.#held.size < this.#options.partitions) await this.#takeFree();
      for (const held of this.#held.values()) this.#keepBooks(held);
      await this.#pause(LEASE_POLL_MS);
    }
  }

  async #heartbeatLoop(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      for (const partition of await this.#leases.heartbeat()) {
        const held = this.#held.get(partition);
        this.#options.log?.warn({ topic: this.#options.topic, group: this.#options.group, partition }, "lease lost");
        if (held === undefined) continue;
        held.lost = true;
        await this.#letGo(held);
      }
      await this.#pause(HEARTBEAT_MS);
    }
  }

  async #takeFree(): Promise<void> {
    try {
      await this.#join(await this.#leases.acquireFree());
    } catch (error) {
      if (!isCode(error, "ENOSPC", "EDQUOT")) throw error;
      this.#options.log?.warn({ err: error, topic: this.#options.topic }, "no room to take a partition");
    }
  }

  /** All partitions gained together begin together, so that they share one pass. */
  async #join(partitions: readonly number[]): Promise<void> {
    const joined: Held[] = [];
    try {
      for (const partition of partitions) {
        if (this.#stop.signal.aborted) break;
        joined.push(await this.#assign(partition));
      }
    } finally {
      this.#joining = null;
      for (const held of joined) this.#held.set(held.partition, held);
      if (this.#stop.signal.aborted) for (const held of joined) held.abort.abort();
      for (const partition of partitions.slice(joined.length)) await this.#leases.release(partition);
    }
  }

  async #assign(partition: number): Promise<Held> {
    const offsets = new OffsetFile(this.#options.groupDirectory, partition);
    const abort = new AbortController();
    this.#joining = abort;
    let sought: number | null = null;
    const seek = (offset: number): void => {
      this.#checkOffset(offset);
      sought = offset;
    };
    const assignment: Assignment = { partition, committedOffset: offsets.committed, revoked: abort.signal, seek };
    try {
      await this.#options.handlers.assigned(assignment);
      const next = sought ?? offsets.committed ?? (await this.#oldest());
      return { partition, offsets, abort, next, delivered: next, busy: Promise.resolve(), lost: false };
    } catch (error) {
      offsets.close();
      throw error;
    }
  }

  async #oldest(): Promise<number> {
    return (await listSegments(this.#options.topicDirectory))[0]?.base ?? 0;
  }

  #checkOffset(offset: number): void {
    const end = this.#durable.read();
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > (end ?? 0))
      throw new RangeError(`Offset ${offset} is not within the log, which ends at ${end ?? "an unknown position"}`);
  }

  async #letGo(held: Held): Promise<void> {
    held.abort.abort();
    await held.busy.catch(() => undefined); // its failure is the read loop's to report
    try {
      await this.#options.handlers.revoked(held.partition);
    } finally {
      this.#held.delete(held.partition);
      this.#options.metrics?.lagBytes.remove(this.#labels(held.partition));
      held.offsets.close();
      await this.#leases.release(held.partition);
    }
  }

  #keepBooks(held: Held): void {
    const end = this.#durable.read() ?? held.next;
    this.#options.metrics?.lagBytes.set(this.#labels(held.partition), Math.max(0, end - held.next));
    const committed = held.offsets.committed ?? 0;
    if (held.delivered <= committed && held.next - committed >= IDLE_COMMIT_BYTES) held.offsets.commit(held.next);
  }

  async #readLoop(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const end = this.#durable.read() ?? 0;
      const behind = [...this.#held.values()].filter(({ next }) => next < end);
      const progressed = behind.length > 0 && (await this.#passFor(behind, end));
      if (!progressed) await this.#durable.moved();
    }
  }

  /** Those that stand at different positions take turns. */
  async #passFor(behind: readonly Held[], end: number): Promise<boolean> {
    const positions = [...new Set(behind.map(({ next }) => next))].sort((a, b) => a - b);
    const turn = this.#turn % positions.length;
    this.#turn += 1;
    return this.#pass(positions[turn] ?? end, positions[turn + 1] ?? end, end);
  }

  /** Reads once for all partitions at `position`, up to where others stand. False when nothing was there yet. */
  async #pass(position: number, limit: number, end: number): Promise<boolean> {
    const members = [...this.#held.values()].filter(({ next }) => next === position);
    const chunk = await this.#reader.read(position, end);
    if (chunk.lost !== null) this.#reportLoss(chunk.lost);
    const beyond = chunk.records.findIndex(({ offset }) => offset >= limit);
    const records = beyond === -1 ? chunk.records : chunk.records.slice(0, beyond);
    const next = chunk.records[beyond]?.offset ?? chunk.next;
    const ofPartition = Map.groupBy(records, ({ partition }) => partition);
    for (const member of members) {
      member.busy = this.#deliver(member, ofPartition.get(member.partition) ?? []);
      await member.busy;
      if (!member.abort.signal.aborted) member.next = next;
    }
    return next > position;
  }

  async #deliver(member: Held, records: readonly StoredRecord[]): Promise<void> {
    for (let at = 0; at < records.length; at += MAX_BATCH_RECORDS) {
      if (member.abort.signal.aborted) return;
      const batch = records.slice(at, at + MAX_BATCH_RECORDS);
      await handOut(this.#options.handlers, member.partition, batch, member.abort.signal);
      if (member.lost) return;
      member.delivered = batch.at(-1)?.nextOffset ?? member.delivered;
    }
  }

  #reportLoss(lost: LostBytes): void {
    const { topic, group, log, metrics } = this.#options;
    metrics?.lostBytes.inc({ topic, reason: lost.reason }, lost.to - lost.from);
    log?.error({ topic, group, ...lost }, "log bytes were skipped");
  }

  #labels(partition: number) {
    return { topic: this.#options.topic, group: this.#options.group, partition: String(partition) };
  }

  async #pause(durationMs: number): Promise<void> {
    await sleep(durationMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}
