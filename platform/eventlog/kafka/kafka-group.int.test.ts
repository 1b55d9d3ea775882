import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { type Collector, collect, numbered } from "../contract-collector.ts";
import { CONTRACT_TOPICS } from "../contract-topics.ts";
import { type EventLog, LogBusyError, NotHeldError } from "../eventlog.ts";
import type { ChildOptions, ChildSays } from "./consumer-child.ts";
import { openKafkaLog } from "./kafka-log.ts";
import { sharedKafka } from "./testing/shared-kafka.ts";

const kafka = await sharedKafka(inject("kafkaFolder"));
const bootstrap = kafka.kind === "running" ? kafka.bootstrap : "";
/** The least that brokers allow. */
const SESSION_MS = 6_000;
const PARTITIONS = CONTRACT_TOPICS.events.partitions;
const PATIENCE = { timeout: 30_000, interval: 10 };

let prefix: string;
let opened: EventLog[];
let children: Child[];
beforeEach(() => {
  prefix = `group-${randomBytes(6).toString("hex")}`;
  opened = [];
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await Promise.all(opened.map((log) => log.close()));
});

function open(more: { memberName?: string } = {}): EventLog {
  const log = openKafkaLog({
    access: { brokers: [bootstrap], prefix, tls: null, sasl: null },
    topics: CONTRACT_TOPICS,
    retentionMs: 1e12,
    sessionMs: SESSION_MS,
    ...more,
  });
  opened.push(log);
  return log;
}

/** A member in another process, with what it has told. */
class Child {
  readonly handled: string[] = [];
  readonly committed: string[] = [];
  readonly assigned: number[] = [];
  readonly #process: ChildProcess;

  constructor(options: Pick<ChildOptions, "group" | "memberName">) {
    const all: ChildOptions = { bootstrap, prefix, sessionMs: SESSION_MS, ...options };
    this.#process = fork(join(import.meta.dirname, "consumer-child.ts"), [JSON.stringify(all)]);
    this.#process.on("message", (message: ChildSays) => {
      if (message.kind === "assigned") this.assigned.push(message.partition);
      else this[message.kind].push(...message.keys);
    });
    children.push(this);
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }
}

describe.skipIf(kafka.kind === "missing")("members of a group on Kafka", () => {
  it("take over from one that was killed: nothing is lost, and handled twice is only what it had not committed", async () => {
    const writer = await open().openWriter("events");
    const mine = await collectAndCommit("team");
    await mine.held(PARTITIONS);
    const child = new Child({ group: "team" });
    await vi.waitFor(() => expect(child.assigned).toHaveLength(PARTITIONS / 2), PATIENCE);
    let sent = 0;
    const append = async (batches: number): Promise<void> => {
      for (let batch = 0; batch < batches; batch += 1, sent += 40)
        await writer.append(
          numbered(
            Array.from({ length: 40 }, (_, at) => at % PARTITIONS),
            sent,
          ),
        );
    };
    await append(30);
    await vi.waitFor(() => expect(child.committed.length).toBeGreaterThan(100), PATIENCE);
    const appending = append(200);
    await child.kill();
    await appending;
    await vi.waitFor(() => expect(new Set([...keysOf(mine), ...child.handled]).size).toBe(sent), PATIENCE);
    const twice = keysOf(mine).filter((key) => child.committed.includes(key));
    expect(twice).toEqual([]);
    expect(keysOf(mine)).toHaveLength(new Set(keysOf(mine)).size);
  });

  it("keep what they have while one with a name restarts, and it gets back its own", async () => {
    const writer = await open().openWriter("events");
    const mine = await collect(open({ memberName: "stays" }), "events", "named");
    await mine.held(PARTITIONS);
    const first = new Child({ group: "named", memberName: "restarts" });
    await vi.waitFor(() => expect(first.assigned).toHaveLength(PARTITIONS / 2), PATIENCE);
    const revokedBefore = mine.revoked.length;
    await first.kill();
    const startedMs = performance.now();
    const second = new Child({ group: "named", memberName: "restarts" });
    await vi.waitFor(() => expect(second.assigned).toHaveLength(PARTITIONS / 2), PATIENCE);
    expect(performance.now() - startedMs).toBeLessThan(SESSION_MS / 2); // nobody waited for the end of a session
    expect(second.assigned.sort()).toEqual(first.assigned.sort());
    await writer.append(numbered([0, 1, 2, 3]));
    await vi.waitFor(() => expect(mine.total() + second.handled.length).toBe(4), PATIENCE);
    expect(mine.revoked).toHaveLength(revokedBefore);
  });

  it("keep a partition until the batch in hand is done, and only then another begins with it", async () => {
    const writer = await open().openWriter("events");
    const done = Promise.withResolvers<void>();
    const order: string[] = [];
    const slow = await collect(open(), "events", "slow", {
      batch: async (partition) => {
        order.push(`begins ${partition}`);
        await done.promise;
        order.push(`ends ${partition}`);
      },
      revoked: async (partition) => void order.push(`revoked ${partition}`),
    });
    await slow.held(PARTITIONS);
    await writer.append(numbered([3]));
    await vi.waitFor(() => expect(order).toEqual(["begins 3"]), PATIENCE);
    const next = await collect(open(), "events", "slow", {
      assigned: async ({ partition }) => void order.push(`next has ${partition}`),
    });
    await next.held(1);
    expect(order).not.toContain("next has 3");
    done.resolve();
    await next.until(1); // what was not committed
    const of3 = order.filter((line) => line.endsWith("3"));
    expect(of3).toEqual(["begins 3", "ends 3", "revoked 3", "next has 3"]);
  });

  it("that keep a slow handler waiting for longer than a session are not replaced", async () => {
    const writer = await open().openWriter("events");
    const mine = await collectAndCommit(
      "patient",
      () => new Promise((resolve) => setTimeout(resolve, SESSION_MS * 1.3)),
    );
    await mine.held(PARTITIONS);
    const other = await collect(open(), "events", "patient");
    await other.held(PARTITIONS / 2);
    const held = PARTITIONS - mine.revoked.length;
    const partition = [0, 1, 2, 3].find((one) => !mine.revoked.includes(one)) ?? 0;
    await writer.append(numbered([partition]));
    await mine.until(1);
    await mine.commitAll();
    expect([held, mine.failures, other.total()]).toEqual([PARTITIONS / 2, [], 0]);
    expect(PARTITIONS - mine.revoked.length).toBe(held);
  });

  it("with the same name are not two: the older one stops, and cannot commit any more", async () => {
    const writer = await open().openWriter("events");
    await writer.append(numbered([0]));
    const old = await collect(open({ memberName: "twin" }), "events", "twins");
    await old.until(1);
    const { assignments, consumer } = old;
    const young = await collect(open({ memberName: "twin" }), "events", "twins");
    await young.held(PARTITIONS);
    await expect(consumer.commit(0, 1)).rejects.toThrow(NotHeldError);
    await vi.waitFor(() => expect(old.failures[0]).toBeInstanceOf(LogBusyError), PATIENCE);
    expect([...assignments.values()].every(({ revoked }) => revoked.aborted)).toBe(true);
    await young.consumer.commit(0, 1);
  });
});

describe.skipIf(kafka.kind === "missing")("a topic on Kafka", () => {
  it("that has another number of partitions is refused, and says what to do", async () => {
    await open().openWriter("events");
    const other = openKafkaLog({
      access: { brokers: [bootstrap], prefix, tls: null, sasl: null },
      topics: { events: { partitions: 5, compacted: false } },
      retentionMs: 1e12,
    });
    opened.push(other);
    await expect(other.openWriter("events")).rejects.toThrow(/has 4 partitions, but 5 are needed/);
  });

  it("that is compacted and should not be, or the other way round, is refused before anything is lost in it", async () => {
    const log = open();
    await Promise.all([log.openWriter("events"), log.openWriter("states")]);
    const swapped = openKafkaLog({
      access: { brokers: [bootstrap], prefix, tls: null, sasl: null },
      topics: {
        events: { ...CONTRACT_TOPICS.events, compacted: true },
        states: { ...CONTRACT_TOPICS.states, compacted: false },
      },
      retentionMs: 1e12,
    });
    opened.push(swapped);
    await expect(swapped.openWriter("events")).rejects.toThrow(/cleanup.policy=delete.* compact is needed/);
    await expect(swapped.openWriter("states")).rejects.toThrow(/cleanup.policy=compact.* delete is needed/);
  });

  it("takes a group of appends larger than a batch, and a record larger than brokers take by default", async () => {
    const log = open();
    const writer = await log.openWriter("events");
    const sizes = [...Array<number>(30).fill(100_000), 4_500_000];
    const own = sizes.map((bytes, at) => ({
      partition: 0,
      key: `${at}`,
      value: Buffer.alloc(bytes, at),
      timestampMs: at,
    }));
    await Promise.all(own.map((record) => writer.append([record])));
    const read: number[] = [];
    for await (const { key, value } of log.readAll("events", 0)) read.push(value.length * 100 + Number(key));
    expect(read).toEqual(sizes.map((bytes, at) => bytes * 100 + at));
  });
});

/** Handles and commits, as a service does. */
async function collectAndCommit(group: string, work = async () => undefined as unknown): Promise<Collector> {
  const log = open();
  const collector: Collector = await collect(log, "events", group, {
    batch: async (partition, batch) => {
      await work();
      await collector.consumer.commit(partition, batch.at(-1)?.nextOffset ?? 0);
    },
  });
  return collector;
}

function keysOf(collector: Collector): string[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => collector.of(partition).map(({ key }) => key)).flat();
}
