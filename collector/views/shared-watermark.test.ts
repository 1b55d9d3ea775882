import { afterEach, describe, expect, it, vi } from "vitest";
import type { EventLog, Followed, LogRecord, LogWriter, StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { openSharedWatermark, type SharedWatermark } from "./shared-watermark.ts";

const PARTITIONS = 4;
const opened: SharedWatermark[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((watermark) => watermark.close()));
});

/** One topic of one partition, in memory, followed by any number. */
function memoryTopic() {
  const records: StoredRecord[] = [];
  const waiting = new Set<() => void>();
  const append = async (added: readonly LogRecord[]): Promise<void> => {
    for (const record of added) records.push({ ...record, offset: records.length, nextOffset: records.length + 1 });
    for (const wake of waiting) wake();
  };
  const progress: LogWriter = { append, close: async () => undefined };
  const eventlog = {
    follow: async function* (_topic: string, _partition: number, signal: AbortSignal): AsyncIterable<Followed> {
      for (let next = 0; !signal.aborted; ) {
        const added = records.slice(next);
        next = records.length;
        yield { records: added, isCaughtUp: true };
        if (next < records.length) continue;
        await new Promise<void>((resolve) => {
          waiting.add(resolve);
          signal.addEventListener("abort", () => resolve());
        });
      }
    },
  } as unknown as EventLog; // the rest is not used
  return { topic: { eventlog, progress }, records };
}

type Topic = ReturnType<typeof memoryTopic>["topic"];

function open(topic: Topic, name: string, own: ReadonlyMap<number, number>): SharedWatermark {
  const watermark = openSharedWatermark({
    ...topic,
    ...{ name, partitions: PARTITIONS, own: () => own },
    log: createLogger("test", "silent"),
    onFailed: (error) => {
      throw error;
    },
  });
  opened.push(watermark);
  return watermark;
}

describe("the watermark that processes share", () => {
  it("is not known before every partition's is", async () => {
    const { topic } = memoryTopic();
    const one = open(
      topic,
      "one",
      new Map([
        [0, 10],
        [1, 20],
      ]),
    );
    expect(one.asOfMs()).toBeNull();
    open(
      topic,
      "two",
      new Map([
        [2, 5],
        [3, 30],
      ]),
    );
    await vi.waitFor(() => expect(one.asOfMs()).toBe(5), 5_000);
  });

  it("goes on where a partition has moved, and does not go back while its new holder catches up", async () => {
    const { topic } = memoryTopic();
    const old = new Map([
      [2, 50],
      [3, 60],
    ]);
    const own = new Map([
      [0, 70],
      [1, 80],
    ]);
    const one = open(topic, "one", own);
    open(topic, "two", old);
    await vi.waitFor(() => expect(one.asOfMs()).toBe(50), 5_000);
    own.set(2, 40);
    expect(one.asOfMs()).toBe(50);
    own.set(2, 90);
    expect(one.asOfMs()).toBe(60);
  });

  it("is told by those alone who hold a part", async () => {
    const { topic, records } = memoryTopic();
    const all = new Map(Array.from({ length: PARTITIONS }, (_, partition) => [partition, 7]));
    expect(open(topic, "all", all).asOfMs()).toBe(7);
    open(topic, "part", new Map([[0, 9]]));
    await vi.waitFor(() => expect(records.map(({ key }) => key)).toEqual(["part"]), 5_000);
  });
});
