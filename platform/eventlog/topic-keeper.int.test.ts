import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { collect, readToEnd, values } from "./contract-collector.ts";
import type { EventLog, LogRecord } from "./eventlog.ts";
import { readGroupProgress } from "./offsets.ts";
import { listSegments } from "./segment-files.ts";
import { openSegmentLog, type SegmentLogOptions } from "./segment-log.ts";

const RETENTION_MS = 1_000;
const TOPICS = { events: { partitions: 2, compacted: false }, states: { partitions: 2, compacted: true } };

describe("deleting what a topic no longer needs", () => {
  let directory: string;
  let metrics: Registry;
  let nowMs: number;
  let opened: EventLog[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "playhead-keeper-"));
    metrics = new Registry();
    nowMs = 10_000;
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((log) => log.close()));
    await rm(directory, { recursive: true, force: true });
  });

  /** Every append fills a segment. */
  function openLog(more: Partial<SegmentLogOptions> = {}): EventLog {
    const shared = { directory, topics: TOPICS, retentionMs: RETENTION_MS, segmentBytes: 1, maintainEveryMs: 3 };
    const log = openSegmentLog({ ...shared, now: () => nowMs, metrics, ...more });
    opened.push(log);
    return log;
  }

  const record = (text: string, partition = 0, key = text): LogRecord => ({
    partition,
    key,
    value: Buffer.from(text),
    timestampMs: nowMs,
  });
  const segments = async (topic: string): Promise<number> => (await listSegments(join(directory, topic))).length;
  const untilSegments = (topic: string, count: number) =>
    vi.waitFor(async () => expect(await segments(topic)).toBe(count), { timeout: 5_000, interval: 3 });
  /** Long enough for the keeper to have looked twice. */
  async function keeperLooked(): Promise<void> {
    const bytes = async () => (await metrics.getSingleMetric("eventlog_disk_bytes")?.get())?.values[0]?.value;
    for (let look = 0; look < 2; look += 1) {
      metrics.getSingleMetric("eventlog_disk_bytes")?.reset();
      await vi.waitFor(async () => expect(await bytes()).toBeGreaterThan(0), { interval: 2 });
    }
  }

  it("deletes a segment when it is old and every group has passed it", async () => {
    const log = openLog();
    const writer = await log.openWriter("events");
    for (const text of ["a", "b", "c"]) await writer.append([record(text), record(text, 1)]);
    const seen = await collect(log, "events", "g");
    await seen.until(6);
    await seen.commitAll();
    nowMs += RETENTION_MS + 1;
    await untilSegments("events", 1); // "c" has nothing younger behind it: it is the segment being written
    expect(values(await readToEnd(log.readAll("events", 0)))).toEqual(["c"]);
    expect(await log.hasBeginning("events", 1)).toBe(false);
  });

  it("keeps old segments that one group still needs, and young ones that all have passed", async () => {
    const log = openLog();
    const writer = await log.openWriter("events");
    for (const text of ["a", "b", "c"]) await writer.append([record(text), record(text, 1)]);
    const [fast, slow] = [await collect(log, "events", "fast"), await collect(log, "events", "slow")];
    await Promise.all([fast.until(6), slow.until(6)]);
    await fast.commitAll();
    await slow.commitAll();
    await slow.consumer.commit(1, slow.of(1)[0]?.nextOffset ?? 0);
    await keeperLooked();
    expect(await segments("events")).toBe(3); // young
    nowMs += RETENTION_MS + 1;
    await untilSegments("events", 2); // "a" is passed by all, "b" is not
  });

  it("lets an idle partition not hold back what the others have done", async () => {
    const log = openLog();
    const writer = await log.openWriter("events");
    const seen = await collect(log, "events", "g");
    const big = "x".repeat(700_000);
    for (let at = 0; at < 4; at += 1) await writer.append([record(big, 0, String(at))]); // nothing in partition 1
    await seen.until(4);
    await seen.commitAll();
    nowMs += RETENTION_MS + 1;
    await vi.waitFor(async () => expect(await segments("events")).toBeLessThan(4), { timeout: 5_000 });
  });

  it("keeps what was handed out but never committed", async () => {
    const log = openLog();
    const writer = await log.openWriter("events");
    const seen = await collect(log, "events", "g");
    for (let at = 0; at < 4; at += 1) await writer.append([record("x".repeat(700_000), 0, String(at))]);
    await seen.until(4);
    nowMs += RETENTION_MS + 1;
    // The idle partition's progress is committed by itself; that of the other must not be.
    await vi.waitFor(async () => {
      const [progress] = await readGroupProgress(join(directory, "events"), 2);
      expect(progress?.highest).toBeGreaterThan(0);
    });
    await keeperLooked();
    expect(await segments("events")).toBe(4);
  });

  it("deletes the oldest beyond maxBytes even if a group needs it, says so, and the group goes on at the oldest", async () => {
    const log = openLog({ maxBytes: 2_500 });
    const writer = await log.openWriter("events");
    const first = await collect(log, "events", "g");
    await writer.append([record("a")]);
    await first.until(1);
    await first.consumer.commit(0, first.of(0)[0]?.nextOffset ?? 0);
    await first.close();
    for (let at = 0; at < 6; at += 1) await writer.append([record(`${at}`.repeat(1_000), 0, "k")]);
    await untilSegments("events", 2);
    const seen = await collect(log, "events", "g");
    await seen.until(2);
    expect(values(seen.of(0)).map((text) => text[0])).toEqual(["4", "5"]);
    const text = await metrics.metrics();
    expect(text).toMatch(/eventlog_size_evictions_total\{topic="events"\} [1-9]/);
    expect(text).toMatch(/eventlog_lost_bytes_total\{topic="events",reason="expired"\} [1-9]/);
  });

  it("deletes for size without an alarm what every group has passed", async () => {
    const log = openLog();
    const writer = await log.openWriter("events");
    const seen = await collect(log, "events", "g");
    for (let at = 0; at < 6; at += 1) await writer.append([record("x".repeat(1_000), 0, "k"), record("y", 1)]);
    await seen.until(12);
    await seen.commitAll();
    await log.close();
    await openLog({ maxBytes: 2_500 }).openWriter("events");
    await untilSegments("events", 2);
    expect(await metrics.metrics()).not.toMatch(/eventlog_size_evictions_total\{topic="events"\} [1-9]/);
  });

  it("alarms when it deletes for size what nobody has read yet", async () => {
    const writer = await openLog({ maxBytes: 2_500 }).openWriter("events");
    for (let at = 0; at < 6; at += 1) await writer.append([record("x".repeat(1_000), 0, "k")]);
    await vi.waitFor(async () =>
      expect(await metrics.metrics()).toMatch(/eventlog_size_evictions_total\{topic="events"\} 4/),
    );
  });

  it.each(["the first record", "all of the next segment"])(
    "deletes by age although %s behind is damaged",
    async (what) => {
      const log = openLog({ segmentBytes: 200 });
      const writer = await log.openWriter("events");
      const seen = await collect(log, "events", "g");
      for (const text of ["a", "b", "c", "d", "e", "f"])
        await writer.append([record(text.repeat(60)), record(text.repeat(60), 1)]);
      await seen.until(12);
      await seen.commitAll();
      const second = (await listSegments(join(directory, "events")))[1];
      if (second === undefined) throw new Error("no second segment");
      const damaged =
        what === "the first record" ? [30] : Array.from({ length: (await stat(second.path)).size }, (_, at) => at);
      const file = await open(second.path, "r+");
      for (const at of damaged) await file.write(Buffer.from("#"), 0, 1, at);
      await file.close();
      nowMs += RETENTION_MS + 1;
      await untilSegments("events", 1);
    },
  );

  it("keeps the newest record of every key of a compacted topic, for ever and without a group", async () => {
    const log = openLog();
    const writer = await log.openWriter("states");
    await writer.append([record("a1", 0, "a"), record("b1", 0, "b")]);
    await writer.append([record("a2", 0, "a"), record("a1 elsewhere", 1, "a")]);
    await writer.append([record("b2", 0, "b")]);
    await writer.append([record("a3", 0, "a")]);
    nowMs += RETENTION_MS * 1_000;
    await untilSegments("states", 3); // the first held only old versions
    expect(values(await readToEnd(log.readAll("states", 1)))).toEqual(["a1 elsewhere"]);
    expect(newest(await readToEnd(log.readAll("states", 0)))).toEqual({ a: "a3", b: "b2" });
  });

  it("keeps a delete marker as long as an older segment may hold what it deletes", async () => {
    const log = openLog();
    const writer = await log.openWriter("states");
    await writer.append([record("a1", 0, "a"), record("pin", 0, "pin")]);
    await writer.append([record("", 0, "a")]);
    await writer.append([record("c", 0, "c")]);
    await keeperLooked();
    expect(newest(await readToEnd(log.readAll("states", 0)))).toEqual({ a: "", pin: "pin", c: "c" });
    await writer.append([record("pin2", 0, "pin")]);
    await untilSegments("states", 2);
    expect(newest(await readToEnd(log.readAll("states", 0)))).toEqual({ pin: "pin2", c: "c" });
  });

  it("knows the newest keys again after a restart", async () => {
    const log = openLog({ maintainEveryMs: 1e9 });
    const writer = await log.openWriter("states");
    for (const text of ["1", "2", "3", "4"]) await writer.append([record(text, 0, "a"), record(text, 0, text)]);
    await log.close();
    expect(await segments("states")).toBe(4);
    const later = openLog();
    const again = await later.openWriter("states");
    await again.append([record("5", 0, "a"), record("", 0, "1"), record("", 0, "2"), record("", 0, "4")]);
    await untilSegments("states", 2);
    expect(newest(await readToEnd(later.readAll("states", 0)))).toEqual({
      "3": "3",
      "1": "",
      "2": "",
      "4": "",
      a: "5",
    });
  });

  it("gives readAll the newest of every key while segments are deleted under it", async () => {
    const log = openLog();
    const writer = await log.openWriter("states");
    const keys = Array.from({ length: 20 }, (_, at) => `key ${at}`);
    for (const key of keys) await writer.append([record("0", 0, key)]);
    for (let version = 1; version <= 10; version += 1) {
      const read: LogRecord[] = [];
      for await (const each of log.readAll("states", 0)) {
        read.push(each);
        if (read.length !== 2) continue;
        for (const key of keys) await writer.append([record(String(version), 0, key)]);
        await untilSegments("states", keys.length);
      }
      expect(Object.keys(newest(read)).sort()).toEqual([...keys].sort());
    }
  });
});

function newest(list: readonly LogRecord[]): Record<string, string> {
  return Object.fromEntries(list.map(({ key, value }) => [key, value.toString()]));
}
