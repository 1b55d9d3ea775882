import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../../observability/logger.ts";
import {
  type Assignment,
  type ConsumerHandlers,
  type LogConsumer,
  LogUnavailableError,
  NotHeldError,
} from "../eventlog.ts";
import { handOut } from "../hand-out.ts";
import type { LogMetrics } from "../log-metrics.ts";
import { boundsOf, type FetchedPartition, fetchFrom, storedRecords } from "./fetch.ts";
import { GroupMember } from "./group-member.ts";
import type { KafkaConnection } from "./kafka-connection.ts";
import { checkCode } from "./kafka-connection.ts";
import { asLogError, errorType, isRetriable } from "./kafka-errors.ts";

export interface KafkaConsumerOptions {
  /** As services know it. */
  topic: string;
  /** As Kafka knows them. */
  topicName: string;
  groupId: string;
  partitions: number;
  instanceId: string | null;
  sessionMs: number;
  heartbeatMs: number;
  handlers: ConsumerHandlers;
  /** Two connections, see {@link GroupMember}. */
  connection: KafkaConnection;
  side: KafkaConnection;
  log: Logger | null;
  metrics: LogMetrics | null;
}

interface Held {
  partition: number;
  abort: AbortController;
  /** Everything below was handed out. */
  next: number;
  /** End of what is durable, as last heard. */
  end: number;
  /** The handler was told of it. */
  isAssigned: boolean;
  /** Before that, state is still being restored. */
  isReady: boolean;
  busy: Promise<void>;
  /** Another may hold it: nothing may be committed any more. */
  isLost: boolean;
}

const MAX_BATCH_RECORDS = 1_000;
/** A partition that is gained meanwhile waits as long for its first records; those that come wake up at once. */
const MAX_WAIT_MS = 100;
const BACK_OFF_MS = 200;
const TROUBLE_BACK_OFF_MS = 1_000;

/** One member of a group: keeps partitions, reads them, and hands out batches one at a time. */
export class KafkaConsumer implements LogConsumer {
  readonly #options: KafkaConsumerOptions;
  readonly #member: GroupMember;
  readonly #held = new Map<number, Held>();
  readonly #settling = new Map<number, Promise<void>>();
  readonly #fetching = new Map<string, Promise<void>>();
  readonly #fetched: { partition: FetchedPartition; asked: number }[] = [];
  readonly #stop = new AbortController();
  #wanted: ReadonlySet<number> = new Set();
  #assigning: Promise<unknown> = Promise.resolve();
  #news = Promise.withResolvers<void>();
  #reading: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;

  constructor(options: KafkaConsumerOptions) {
    this.#options = options;
    const { topicName, groupId, partitions, instanceId, sessionMs, heartbeatMs, connection, side, log } = options;
    this.#member = new GroupMember({
      ...{ topic: topicName, groupId, partitions, instanceId, sessionMs, heartbeatMs, connection, side, log },
      owned: () => this.#owned(),
      onAssigned: (wanted) => this.#want(wanted),
      onLost: () => this.#lose(),
      onFailed: (error) => this.#fail(error),
    });
  }

  /** Handlers are called only after the caller has got its consumer. */
  start(): void {
    this.#reading = sleep(0).then(() => {
      if (!this.#stop.signal.aborted) this.#member.start();
      return this.#readLoop().catch((error: unknown) => this.#fail(error));
    });
  }

  async commit(partition: number, offset: number): Promise<void> {
    const held = this.#held.get(partition);
    const isHeld = (): boolean => held !== undefined && !held.isLost && this.#held.get(partition) === held;
    if (held === undefined || !isHeld()) throw new NotHeldError(partition);
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > held.end) await this.#checkEnd(held, offset);
    if (!(await this.#member.commit(partition, offset, isHeld))) throw new NotHeldError(partition);
  }

  /** Records. As of the last fetch, which is younger than a second unless the brokers are away. */
  lag(): ReadonlyMap<number, number> {
    return new Map([...this.#held.values()].map(({ partition, next, end }) => [partition, Math.max(0, end - next)]));
  }

  /** Waits for the batch in hand. Not to be awaited inside a handler. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stop.abort();
    this.#news.resolve();
    for (const held of this.#held.values()) held.abort.abort();
    await this.#reading;
    this.#wanted = new Set();
    for (const partition of this.#held.keys()) this.#settle(partition);
    await Promise.all(this.#settling.values());
    await this.#member.close();
    await this.#options.side.close();
  }

  #fail(error: unknown): void {
    const { topic, groupId, handlers, log } = this.#options;
    if (this.#closing !== null) {
      log?.warn({ err: error, topic, groupId }, "consumer failed while closing");
      return;
    }
    handlers.failed(error instanceof Error ? error : new Error(String(error)));
    void this.close().catch((cause: unknown) =>
      log?.error({ err: cause, topic, groupId }, "closing a consumer failed"),
    );
  }

  /** Also what was given to us and waits to be taken up, since an earlier holding of it is still being let go of. */
  #owned(): number[] {
    const held = [...this.#held.values()].filter(({ isLost }) => !isLost).map(({ partition }) => partition);
    return [...new Set([...held, ...this.#wanted])];
  }

  #want(wanted: ReadonlySet<number>): void {
    this.#wanted = this.#stop.signal.aborted ? new Set() : wanted;
    for (const partition of new Set([...wanted, ...this.#held.keys()])) this.#settle(partition);
  }

  #lose(): void {
    for (const held of this.#held.values()) {
      held.isLost = true;
      held.abort.abort();
    }
    this.#want(new Set());
  }

  /** Brings one partition to where it should be, one step after the other; it may change its mind on the way. */
  #settle(partition: number): void {
    if (this.#settling.has(partition)) return;
    const settled = this.#settleNow(partition)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#settling.delete(partition));
    this.#settling.set(partition, settled);
  }

  async #settleNow(partition: number): Promise<void> {
    for (;;) {
      const held = this.#held.get(partition);
      const isWanted = this.#wanted.has(partition) && held?.isLost !== true;
      if (isWanted === (held !== undefined)) return;
      if (held === undefined) await this.#take(partition);
      else await this.#letGo(held);
    }
  }

  /** One partition after the other is restored; broker trouble on the way is waited out. */
  async #take(partition: number): Promise<void> {
    const abort = new AbortController();
    const held: Held = {
      partition,
      abort,
      next: 0,
      end: 0,
      busy: Promise.resolve(),
      ...{ isAssigned: false, isReady: false, isLost: false },
    };
    this.#held.set(partition, held);
    const assigning = this.#assigning.then(async () => {
      if (this.#isMine(held)) await this.#assign(held);
    });
    this.#assigning = assigning.catch(() => undefined);
    try {
      await assigning;
      held.isReady = this.#isMine(held);
      this.#wakeUp();
    } catch (error) {
      abort.abort();
      this.#held.delete(partition);
      if (!(error instanceof LogUnavailableError)) throw error;
      this.#options.log?.warn({ err: error, topic: this.#options.topic, partition }, "partition not taken, trying on");
      await sleep(TROUBLE_BACK_OFF_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  #isMine(held: Held): boolean {
    return !held.isLost && !held.abort.signal.aborted && !this.#stop.signal.aborted;
  }

  async #assign(held: Held): Promise<void> {
    const { topicName, side, handlers } = this.#options;
    const { partition } = held;
    const committedOffset = await this.#member.committed(partition);
    const { earliest, latest } = await boundsOf(side, topicName, partition);
    held.end = latest;
    let sought: number | null = null;
    const seek = (offset: number): void => {
      if (!Number.isSafeInteger(offset) || offset < 0 || offset > latest) throw beyond(offset, latest);
      sought = offset;
    };
    const assignment: Assignment = { partition, committedOffset, revoked: held.abort.signal, seek };
    held.isAssigned = true;
    await handlers.assigned(assignment);
    const from = sought ?? committedOffset ?? earliest;
    held.next = Math.min(Math.max(from, earliest), latest);
    if (from > 0 && held.next !== from) this.#reportLoss(partition, "expired", from, held.next);
  }

  async #letGo(held: Held): Promise<void> {
    held.abort.abort();
    await held.busy.catch(() => undefined); // its failure is the read loop's to report
    const { partition } = held;
    try {
      if (held.isAssigned) await this.#options.handlers.revoked(partition);
    } finally {
      this.#held.delete(partition);
      this.#options.metrics?.lagRecords.remove(this.#labels(partition));
      if (!this.#stop.signal.aborted) this.#member.rejoin();
    }
  }

  /** The end may have moved since the last fetch. */
  async #checkEnd(held: Held, offset: number): Promise<void> {
    const { side, topicName } = this.#options;
    const { latest } = await boundsOf(side, topicName, held.partition);
    held.end = Math.max(held.end, latest);
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > held.end) throw beyond(offset, held.end);
  }

  async #readLoop(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#startFetches();
      const next = this.#fetched.shift();
      if (next !== undefined) await this.#deliver(next.partition, next.asked);
      else {
        await this.#news.promise;
        this.#news = Promise.withResolvers();
      }
    }
  }

  /** Each broker is asked again when all of its last answer is handed out: nothing piles up behind a slow handler. */
  #startFetches(): void {
    if (this.#fetched.length > 0) return;
    const { side, topicName } = this.#options;
    const ready = [...this.#held.values()].filter((held) => held.isReady && this.#isMine(held));
    const leaders = side.leaders(topicName);
    for (const [nodeId, members] of Map.groupBy(ready, ({ partition }) => leaders.get(partition) ?? "")) {
      if (this.#fetching.has(nodeId)) continue;
      const fetching = this.#fetch(nodeId, members).finally(() => {
        this.#fetching.delete(nodeId);
        this.#wakeUp();
      });
      this.#fetching.set(nodeId, fetching);
    }
  }

  /** Never rejects: what waiting mends is waited for, and the rest ends the consumer. */
  async #fetch(nodeId: string, members: readonly Held[]): Promise<void> {
    const { side, topicName, topic, log } = this.#options;
    try {
      if (nodeId === "") throw new LogUnavailableError("a partition has no leader now");
      const asked = new Map(members.map(({ partition, next }) => [partition, next]));
      const positions = members.map(({ partition, next }) => ({ partition, offset: next }));
      const first = Math.floor(Math.random() * positions.length); // whoever is first gets even a very large record
      const rotated = [...positions.slice(first), ...positions.slice(0, first)];
      const fetched = await fetchFrom(await side.broker(nodeId), topicName, rotated, MAX_WAIT_MS);
      for (const partition of fetched) this.#fetched.push({ partition, asked: asked.get(partition.partition) ?? 0 });
      const stale = fetched.find(({ errorCode }) => errorCode !== 0);
      if (stale !== undefined) checkCode(stale.errorCode);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      if (errorType(error) === "OFFSET_OUT_OF_RANGE") return; // mended where it is handed out
      if (!isRetriable(error)) return this.#fail(asLogError(`Topic "${topic}" cannot be read`, error));
      log?.debug({ err: error, topic, nodeId }, "no records from a broker, trying on");
      await sleep(BACK_OFF_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      await side.refresh(topicName).catch(() => undefined);
    }
  }

  async #deliver(fetched: FetchedPartition, asked: number): Promise<void> {
    const held = this.#held.get(fetched.partition);
    if (held === undefined || !held.isReady || !this.#isMine(held) || held.next !== asked) return; // let go of meanwhile
    if (fetched.errorCode !== 0) return this.#afterError(held, fetched);
    held.end = fetched.highWatermark;
    for (const { from, to } of fetched.damaged) this.#reportLoss(held.partition, "damaged", from, to);
    held.busy = this.#handOut(held, fetched);
    await held.busy;
    this.#options.metrics?.lagRecords.set(this.#labels(held.partition), Math.max(0, held.end - held.next));
  }

  async #handOut(held: Held, fetched: FetchedPartition): Promise<void> {
    const records = storedRecords(fetched, held.next);
    for (let at = 0; at < records.length; at += MAX_BATCH_RECORDS) {
      if (held.abort.signal.aborted) return;
      const batch = records.slice(at, at + MAX_BATCH_RECORDS);
      await handOut(this.#options.handlers, held.partition, batch, held.abort.signal);
      if (held.isLost) return;
      held.next = batch.at(-1)?.nextOffset ?? held.next;
    }
    if (fetched.nextOffset !== null) held.next = Math.max(held.next, fetched.nextOffset);
  }

  /** Only a position outside the log is mended here: records were deleted before they were read, or lost by the brokers. */
  async #afterError(held: Held, { errorCode }: FetchedPartition): Promise<void> {
    const { side, topicName } = this.#options;
    try {
      checkCode(errorCode);
    } catch (error) {
      if (errorType(error) !== "OFFSET_OUT_OF_RANGE") return;
    }
    const bounds = await boundsOf(side, topicName, held.partition).catch((error: unknown) => {
      if (error instanceof LogUnavailableError) return null;
      throw error;
    });
    if (bounds === null) return;
    const position = Math.min(Math.max(held.next, bounds.earliest), bounds.latest);
    if (position !== held.next) this.#reportLoss(held.partition, "expired", held.next, position);
    held.next = position;
  }

  #reportLoss(partition: number, reason: "expired" | "damaged", from: number, to: number): void {
    const { topic, groupId, log, metrics } = this.#options;
    metrics?.lostRecords.inc({ topic, reason }, Math.abs(to - from));
    log?.error({ topic, groupId, partition, reason, from, to }, "log records were skipped");
  }

  #labels(partition: number) {
    return { topic: this.#options.topic, group: this.#options.groupId, partition: String(partition) };
  }

  #wakeUp(): void {
    this.#news.resolve();
  }
}

const beyond = (offset: number, end: number): RangeError =>
  new RangeError(`Offset ${offset} is not within the log, which ends at ${end}`);
