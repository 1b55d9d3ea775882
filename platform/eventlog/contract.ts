import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Collector, collect, follow, numbered, readToEnd, records, values } from "./contract-collector.ts";
import { CONTRACT_TOPICS } from "./contract-topics.ts";
import { type EventLog, LogBusyError, type LogRecord, LogUnavailableError, MAX_RECORD_BYTES } from "./eventlog.ts";

/** Where implementations may differ; whoever uses the log must be right with either. */
export interface EventLogTraits {
  /** How many may write a topic at the same time. */
  writers: "one" | "many";
  /** What a second member of a group gets: nothing as long as the first is there, or an equal share. */
  members: "first" | "shared";
}

/** What an implementation has to provide; each test gets its own, empty. */
export interface EventLogHarness {
  /** A further user of the same log, as another process would be one. Closed by the test or by `dispose`. */
  open(): EventLog;
  dispose(): Promise<void>;
}

const PARTITIONS = CONTRACT_TOPICS.events.partitions;
/** Generous for a shared test machine; on an idle one 10 ms are usual. */
const WAKE_UP_MS = 250;

/** The facts that every implementation of {@link EventLog} keeps. */
export function eventLogContract(
  name: string,
  traits: EventLogTraits,
  makeHarness: () => Promise<EventLogHarness>,
): void {
  describe(`${name} keeps the contract of an event log`, () => {
    let harness: EventLogHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness.dispose());
    const open = (): EventLog => harness.open();

    describe("appending", () => appending(open));
    describe("writers", () => (traits.writers === "one" ? oneWriter(open) : manyWriters(open)));
    describe("groups", () => groups(open));
    describe("members", () => members(open, traits));
    describe("handlers", () => handlers(open));
    describe("positions", () => positions(open));
    describe("reading all", () => readingAll(open));
    describe("following", () => following(open));
  });
}

function appending(open: () => EventLog): void {
  it("hands out every partition in the order of its appends, however they were grouped", async () => {
    const group = fc.array(fc.integer({ min: 0, max: PARTITIONS - 1 }), { maxLength: 12 });
    const plan = fc.sample(fc.array(fc.array(group, { maxLength: 6 }), { minLength: 20, maxLength: 30 }), 1)[0] ?? [];
    const log = open();
    const writer = await log.openWriter("events");
    const seen = await collect(log, "events", "order");
    const expected: LogRecord[] = [];
    for (const concurrent of plan) {
      const appends = concurrent.map((partitions) => {
        const part = numbered(partitions, expected.length);
        expected.push(...part);
        return writer.append(part);
      });
      await Promise.all(appends);
    }
    await seen.until(expected.length);
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      expect(seen.of(partition).map(asWritten)).toEqual(expected.filter((record) => record.partition === partition));
    }
  });

  it("gives records their own growing offsets, each next to the one before in its partition", async () => {
    const log = open();
    const writer = await log.openWriter("events");
    await writer.append(records(0, ["a", "b", "c"]));
    const stored = await readToEnd(log.readAll("events", 0));
    for (const [at, record] of stored.entries()) {
      expect(record.nextOffset).toBeGreaterThan(record.offset);
      expect(record.offset).toBeGreaterThanOrEqual(stored[at - 1]?.nextOffset ?? 0);
    }
  });

  it("shows an appended record to a waiting consumer at once", async () => {
    const log = open();
    const writer = await log.openWriter("events");
    const seen = await collect(log, "events", "quick");
    await seen.held(PARTITIONS);
    const startedMs = performance.now();
    await writer.append(records(1, ["now"]));
    await seen.until(1);
    expect(performance.now() - startedMs).toBeLessThan(WAKE_UP_MS);
  });

  it("refuses a record that cannot be stored and keeps the others", async () => {
    const log = open();
    const writer = await log.openWriter("events");
    const unstorable: LogRecord = { partition: 0, key: "k".repeat(70_000), value: Buffer.from("x"), timestampMs: 1 };
    const refused = [
      expect(writer.append([unstorable])).rejects.toThrow(RangeError),
      expect(writer.append(records(PARTITIONS, ["no such partition"]))).rejects.toThrow(RangeError),
    ];
    await writer.append(records(0, ["kept"]));
    await Promise.all(refused);
    expect(values(await readToEnd(log.readAll("events", 0)))).toEqual(["kept"]);
  });

  it("keeps a record as long as it promises to take", async () => {
    const log = open();
    const writer = await log.openWriter("events");
    const value = Buffer.alloc(MAX_RECORD_BYTES - 1, "x");
    await writer.append([{ partition: 0, key: "k", value, timestampMs: 1 }]);
    const stored = await readToEnd(log.readAll("events", 0));
    expect(stored.map((record) => record.value.equals(value))).toEqual([true]);
  });

  it("finishes what was appended before closing, and takes nothing after it", async () => {
    const log = open();
    const writer = await log.openWriter("events");
    const last = writer.append(records(0, ["last"]));
    await writer.close();
    await last;
    await expect(writer.append(records(0, ["late"]))).rejects.toThrow("closed");
    expect(values(await readToEnd(log.readAll("events", 0)))).toEqual(["last"]);
  });
}

function oneWriter(open: () => EventLog): void {
  it("refuses a second writer while the first is open, and lets it in afterwards", async () => {
    const writer = await open().openWriter("events");
    await expect(open().openWriter("events")).rejects.toThrow(LogBusyError);
    await writer.close();
    const second = await open().openWriter("events");
    await second.append(records(0, ["from the second"]));
  });
}

function manyWriters(open: () => EventLog): void {
  it("takes from several at once, and keeps the order of each", async () => {
    const writers = [await open().openWriter("events"), await open().openWriter("events")];
    const own = writers.map((_, at) => numbered(Array(200).fill(0), at * 1_000));
    await Promise.all(writers.flatMap((writer, at) => (own[at] ?? []).map((record) => writer.append([record]))));
    const stored = (await readToEnd(open().readAll("events", 0))).map(asWritten);
    expect(stored).toHaveLength(400);
    for (const list of own) expect(stored.filter(({ key }) => list.some((one) => one.key === key))).toEqual(list);
  });
}

function groups(open: () => EventLog): void {
  it("gives everything to each group", async () => {
    const log = open();
    const writer = await log.openWriter("events");
    const [one, two] = [await collect(log, "events", "one"), await collect(log, "events", "two")];
    await writer.append(records(2, ["a", "b"]));
    await Promise.all([one.until(2), two.until(2)]);
    await one.commitAll();
    await two.close();
    const again = await collect(open(), "events", "two");
    await again.until(2);
    expect(values(again.of(2))).toEqual(["a", "b"]);
  });

  it("goes on after the committed record in a later life", async () => {
    const writer = await open().openWriter("events");
    await writer.append(records(0, ["a", "b", "c"]));
    const first = await collect(open(), "events", "life");
    await first.until(3);
    await first.consumer.commit(0, first.of(0)[1]?.offset ?? 0); // "a" is done
    await first.close();
    const second = await collect(open(), "events", "life");
    await second.until(2);
    expect(values(second.of(0))).toEqual(["b", "c"]);
    expect(second.assignments.get(0)?.committedOffset).toBe(first.of(0)[1]?.offset);
  });

  it("begins at the beginning, and says so, when the group never committed", async () => {
    const writer = await open().openWriter("events");
    await writer.append(records(3, ["old"]));
    const seen = await collect(open(), "events", "new");
    await seen.until(1);
    expect(seen.assignments.get(3)?.committedOffset).toBeNull();
  });
}

function members(open: () => EventLog, traits: EventLogTraits): void {
  it("gives a partition to one member at a time, and all to the next when the first leaves", async () => {
    const writer = await open().openWriter("events");
    const first = await collect(open(), "events", "team");
    await first.held(PARTITIONS);
    const second = await collect(open(), "events", "team");
    const share = traits.members === "shared" ? PARTITIONS / 2 : 0;
    await second.held(share);
    await writer.append(numbered([0, 1, 2, 3]));
    await vi.waitFor(() => expect(first.total() + second.total()).toBe(4), 20_000);
    expect([first.total(), second.assignments.size]).toEqual([4 - share, share]);
    await Promise.all([first.commitAll(), second.commitAll()]);
    await first.close();
    await second.held(PARTITIONS);
    await writer.append(numbered([0, 1, 2, 3], 4));
    await second.until(4 + share);
    expect(first.total() + second.total()).toBe(8);
  });

  it("aborts `revoked` and calls the handler once for each partition when it closes", async () => {
    await open().openWriter("events");
    const seen = await collect(open(), "events", "leaving");
    await seen.held(PARTITIONS);
    await seen.close();
    expect([...seen.revoked].sort()).toEqual([0, 1, 2, 3]);
    expect([...seen.assignments.values()].every(({ revoked }) => revoked.aborted)).toBe(true);
    await expect(seen.consumer.commit(0, 0)).rejects.toThrow("not held");
  });

  it("lets go of its partitions when a handler fails, and reports the failure", async () => {
    const writer = await open().openWriter("events");
    await writer.append(records(0, ["poison"]));
    const broken = await collect(open(), "events", "broken", {
      batch: () => Promise.reject(new Error("cannot digest")),
    });
    await vi.waitFor(() => expect(broken.failures.map(({ message }) => message)).toEqual(["cannot digest"]));
    const heir = await collect(open(), "events", "broken");
    await heir.until(1);
    expect(values(heir.of(0))).toEqual(["poison"]);
  });
}

function handlers(open: () => EventLog): void {
  it("waits for each batch before the next, and loses nothing to a slow one", async () => {
    const log = open();
    const writer = await log.openWriter("events");
    let [running, overlaps] = [0, 0];
    const seen: Collector = await collect(log, "events", "slow", {
      batch: async () => {
        running += 1;
        if (running > 1) overlaps += 1;
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      },
    });
    const all = numbered(Array.from({ length: 4_000 }, (_, at) => at % PARTITIONS));
    for (let at = 0; at < all.length; at += 100) await writer.append(all.slice(at, at + 100));
    await seen.until(all.length);
    expect(overlaps).toBe(0);
    for (let partition = 0; partition < PARTITIONS; partition += 1)
      expect(seen.of(partition).map(asWritten)).toEqual(all.filter((record) => record.partition === partition));
  });

  it("hands a batch out again when its handler could not reach the log", async () => {
    const writer = await open().openWriter("events");
    await writer.append(records(0, ["a", "b"]));
    let refusals = 2;
    const seen = await collect(open(), "events", "patient", {
      batch: async () => {
        refusals -= 1;
        if (refusals >= 0) throw new LogUnavailableError("cannot commit");
      },
    });
    await seen.until(2);
    expect([values(seen.of(0)), refusals]).toEqual([["a", "b"], -1]);
  });

  it("restores before it delivers: no batch of a partition until `assigned` is done", async () => {
    const writer = await open().openWriter("events");
    await writer.append(numbered([0, 1, 2, 3]));
    const restored = new Set<number>();
    const early: number[] = [];
    const seen = await collect(open(), "events", "restoring", {
      assigned: async ({ partition }) => {
        await new Promise((resolve) => setImmediate(resolve));
        restored.add(partition);
      },
      batch: async (partition) => {
        if (!restored.has(partition)) early.push(partition);
      },
    });
    await seen.until(4);
    expect(early).toEqual([]);
  });

  it("measures lag in each partition, and none when all is handed out", async () => {
    const log = open();
    const writer = await log.openWriter("events");
    await writer.append(numbered([0, 1, 2, 3]));
    const seen = await collect(log, "events", "lagging");
    await seen.until(4);
    await vi.waitFor(() => expect([...seen.consumer.lag().values()]).toEqual([0, 0, 0, 0]));
  });
}

function positions(open: () => EventLog): void {
  it("reads from where `seek` points, also below the committed offset", async () => {
    const writer = await open().openWriter("events");
    await writer.append(records(0, ["a", "b", "c"]));
    const first = await collect(open(), "events", "back");
    await first.until(3);
    await first.commitAll();
    await first.close();
    const from = first.of(0)[1]?.offset ?? 0;
    const second = await collect(open(), "events", "back", {
      assigned: async (assignment) => {
        if (assignment.partition === 0) assignment.seek(from);
      },
    });
    await second.until(2);
    expect(values(second.of(0))).toEqual(["b", "c"]);
  });

  it("refuses to seek or commit beyond the end", async () => {
    const writer = await open().openWriter("events");
    await writer.append(records(0, ["a"]));
    const seen = await collect(open(), "events", "ahead");
    await seen.until(1);
    await expect(seen.consumer.commit(0, 1_000_000)).rejects.toThrow(RangeError);
    const lost = await collect(open(), "events", "far-ahead", {
      assigned: async (assignment) => assignment.seek(1_000_000),
    });
    await vi.waitFor(() => expect(lost.failures[0]).toBeInstanceOf(RangeError));
  });
}

function readingAll(open: () => EventLog): void {
  it("gives one partition up to its present end, then stops", async () => {
    const log = open();
    const writer = await log.openWriter("states");
    await writer.append([...records(0, ["a", "b"]), ...records(1, ["other"])]);
    const read: string[] = [];
    for await (const record of log.readAll("states", 0)) {
      read.push(record.value.toString());
      if (read.length === 1) await writer.append(records(1, ["meanwhile"]));
    }
    expect(read).toEqual(["a", "b"]);
  });

  it("is empty for a topic without records", async () => {
    const log = open();
    expect(await readToEnd(log.readAll("states", 0))).toEqual([]);
    await log.openWriter("states");
    expect(await readToEnd(log.readAll("states", 1))).toEqual([]);
  });

  it("has every partition from its beginning as long as nothing is deleted", async () => {
    const log = open();
    expect(await log.hasBeginning("events", 0)).toBe(true);
    const writer = await log.openWriter("events");
    await writer.append([...records(0, ["a", "b"]), ...records(1, ["other"])]);
    for (const partition of [0, 1, 2]) expect(await log.hasBeginning("events", partition)).toBe(true);
  });

  it("keeps bytes, keys and times exactly", async () => {
    const log = open();
    const writer = await log.openWriter("states");
    const written: LogRecord[] = [];
    const property = fc.asyncProperty(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.uint8Array({ maxLength: 2_000 }),
      fc.integer({ min: 0, max: 4e12 }),
      async (key, value, timestampMs) => {
        const record = { partition: 0, key, value: Buffer.from(value), timestampMs };
        written.push(record);
        await writer.append([record]);
      },
    );
    await fc.assert(property, { numRuns: 50 });
    expect((await readToEnd(log.readAll("states", 0))).map(asWritten)).toEqual(written);
  });
}

function following(open: () => EventLog): void {
  it("begins at the beginning, says when it has caught up, and goes on until it is told to stop", async () => {
    const log = open();
    const writer = await log.openWriter("events");
    await writer.append([...records(0, ["a", "b"]), ...records(1, ["other"])]);
    const followed = follow(log, "events", 0);
    await followed.until(2);
    await vi.waitFor(() => expect(followed.isCaughtUp).toBe(true));
    await writer.append([...records(1, ["other"]), ...records(0, ["c"])]);
    await followed.until(3);
    expect(values(followed.records)).toEqual(["a", "b", "c"]);
    await followed.stop();
    await writer.append(records(0, ["d"]));
    expect(followed.records).toHaveLength(3);
  });

  it("has caught up with an empty topic at once, and sees its first record", async () => {
    const log = open();
    const followed = follow(log, "events", 3);
    await vi.waitFor(() => expect(followed.isCaughtUp).toBe(true), 10_000);
    const writer = await log.openWriter("events");
    await writer.append(records(3, ["first"]));
    await followed.until(1);
    await followed.stop();
  });
}

function asWritten({ partition, key, value, timestampMs }: LogRecord): LogRecord {
  return { partition, key, value: Buffer.from(value), timestampMs };
}
