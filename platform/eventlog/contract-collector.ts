import { vi } from "vitest";
import type { Assignment, ConsumerHandlers, EventLog, LogConsumer, LogRecord, StoredRecord } from "./eventlog.ts";

const PATIENCE = { timeout: 20_000, interval: 2 };

/** A consumer that remembers all it was told; for tests. */
export class Collector {
  readonly assignments = new Map<number, Assignment>();
  readonly revoked: number[] = [];
  readonly failures: Error[] = [];
  readonly #records = new Map<number, StoredRecord[]>();
  #consumer: LogConsumer | null = null;

  get consumer(): LogConsumer {
    if (this.#consumer === null) throw new Error("Not subscribed yet");
    return this.#consumer;
  }

  async subscribe(log: EventLog, topic: string, group: string, also: Partial<ConsumerHandlers>): Promise<void> {
    this.#consumer = await log.subscribe(topic, group, {
      assigned: async (assignment) => {
        this.assignments.set(assignment.partition, assignment);
        await also.assigned?.(assignment);
      },
      batch: async (partition, batch) => {
        await also.batch?.(partition, batch);
        this.#records.set(partition, [...this.of(partition), ...batch]);
      },
      revoked: async (partition) => {
        this.revoked.push(partition);
        await also.revoked?.(partition);
      },
      failed: (error) => this.failures.push(error),
    });
  }

  of(partition: number): readonly StoredRecord[] {
    return this.#records.get(partition) ?? [];
  }

  total(): number {
    return [...this.#records.values()].reduce((sum, list) => sum + list.length, 0);
  }

  /** Waits until this many records have come. */
  until(count: number): Promise<void> {
    return vi.waitFor(() => {
      if (this.failures[0] !== undefined) throw this.failures[0];
      if (this.total() < count) throw new Error(`${this.total()} of ${count} records have come`);
    }, PATIENCE);
  }

  /** Waits until this many partitions are held. */
  held(count: number): Promise<void> {
    return vi.waitFor(() => {
      if (this.assignments.size < count) throw new Error(`${this.assignments.size} of ${count} partitions are held`);
    }, PATIENCE);
  }

  async commitAll(): Promise<void> {
    for (const [partition, list] of this.#records) await this.consumer.commit(partition, list.at(-1)?.nextOffset ?? 0);
  }

  close(): Promise<void> {
    return this.consumer.close();
  }
}

export async function collect(
  log: EventLog,
  topic: string,
  group: string,
  also: Partial<ConsumerHandlers> = {},
): Promise<Collector> {
  const collector = new Collector();
  await collector.subscribe(log, topic, group, also);
  return collector;
}

/** Follows a partition in the background and remembers what came; for tests. */
export function follow(log: EventLog, topic: string, partition: number) {
  const stop = new AbortController();
  const seen = {
    records: [] as StoredRecord[],
    isCaughtUp: false,
    until: (count: number) => vi.waitFor(() => expectCount(seen.records.length, count), PATIENCE),
    stop: async () => {
      stop.abort();
      await following;
    },
  };
  const following = (async () => {
    for await (const { records, isCaughtUp } of log.follow(topic, partition, stop.signal)) {
      seen.records.push(...records);
      seen.isCaughtUp ||= isCaughtUp;
    }
  })();
  return seen;
}

function expectCount(count: number, wanted: number): void {
  if (count < wanted) throw new Error(`${count} of ${wanted} records have come`);
}

export function records(partition: number, texts: readonly string[]): LogRecord[] {
  return texts.map((text, at) => ({ partition, key: `key ${at}`, value: Buffer.from(text), timestampMs: 1_000 + at }));
}

/** One record per entry, for that partition, told apart by its number. */
export function numbered(partitions: readonly number[], from = 0): LogRecord[] {
  return partitions.map((partition, at) => ({
    partition,
    key: `${from + at}`,
    value: Buffer.from(`record ${from + at}`),
    timestampMs: 1_000 + from + at,
  }));
}

export function values(list: readonly LogRecord[]): string[] {
  return list.map(({ value }) => value.toString());
}

export async function readToEnd(stored: AsyncIterable<StoredRecord>): Promise<StoredRecord[]> {
  const list: StoredRecord[] = [];
  for await (const record of stored) list.push(record);
  return list;
}
