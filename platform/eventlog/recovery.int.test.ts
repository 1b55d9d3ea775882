import { cp, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collect, readToEnd, records, values } from "./contract-collector.ts";
import { DurablePublisher } from "./durable-position.ts";
import { type EventLog, LogUnavailableError, type StoredRecord } from "./eventlog.ts";
import { listSegments } from "./segment-files.ts";
import { openSegmentLog } from "./segment-log.ts";

const TOPICS = { t: { partitions: 1, compacted: false } };
const FIRST = `${"0".repeat(20)}.log`;

describe("recovery of the segment log", () => {
  let directory: string;
  let topic: string;
  let opened: EventLog[];
  let metrics: Registry;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "playhead-recovery-"));
    topic = join(directory, "t");
    opened = [];
    metrics = new Registry();
  });
  afterEach(async () => {
    await Promise.all(opened.map((log) => log.close()));
    await rm(directory, { recursive: true, force: true });
  });

  function openLog(at = directory, segmentBytes = 1024 * 1024): EventLog {
    const log = openSegmentLog({
      directory: at,
      topics: TOPICS,
      retentionMs: 1e12,
      segmentBytes,
      now: () => 0,
      metrics,
    });
    opened.push(log);
    return log;
  }

  /** Writes and closes; returns the durable position after each record. */
  async function write(texts: readonly string[], segmentBytes?: number): Promise<number[]> {
    const log = openLog(directory, segmentBytes);
    const writer = await log.openWriter("t");
    for (const text of texts) await writer.append(records(0, [text]));
    const ends = (await readToEnd(log.readAll("t", 0))).map(({ nextOffset }) => nextOffset);
    await log.close();
    return ends;
  }

  /** Opens a writer, appends "after", and reads everything. */
  async function reopen(at = directory): Promise<string[]> {
    const log = openLog(at);
    const writer = await log.openWriter("t");
    await writer.append(records(0, ["after"]));
    const read = values(await readToEnd(log.readAll("t", 0)));
    await log.close();
    return read;
  }

  it("drops a last record torn at any byte and keeps what is before it", async () => {
    const ends = await write(["first", "second", "third"]);
    const bytes = await readFile(join(topic, FIRST));
    const [keptEnd, fullEnd] = [ends[1] ?? 0, ends[2] ?? 0];
    for (let cut = keptEnd; cut < fullEnd; cut += 1) {
      await writeFile(join(topic, FIRST), bytes.subarray(0, cut));
      await rm(join(topic, "durable")); // as after power loss, or a kill before it was published
      expect(await reopen()).toEqual(["first", "second", "after"]);
    }
  });

  it("drops a last record with any one byte flipped", async () => {
    const ends = await write(["first", "second"]);
    const bytes = await readFile(join(topic, FIRST));
    for (let at = ends[0] ?? 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      await writeFile(join(topic, FIRST), flipped);
      await rm(join(topic, "durable"));
      expect(await reopen()).toEqual(["first", "after"]);
    }
  });

  it("loses no durable record to 200 random torn ends, over several segments", async () => {
    const texts = Array.from({ length: 40 }, (_, at) => `record ${at} ${"x".repeat(at * 7)}`);
    const ends = await write(texts, 1_500);
    expect(await listSegments(topic)).not.toHaveLength(1);
    await fc.assert(
      fc.asyncProperty(fc.nat(400), fc.uint8Array({ maxLength: 300 }), fc.nat(2), async (cut, garbage, durable) => {
        const copy = await mkdtemp(join(tmpdir(), "playhead-torn-"));
        await cp(topic, join(copy, "t"), { recursive: true });
        const last = await lastSegment(join(copy, "t"));
        const size = (await stat(last.path)).size;
        const keep = Math.max(0, size - cut);
        await truncate(last.path, keep);
        const file = await open(last.path, "r+");
        await file.write(garbage, 0, garbage.length, keep);
        await file.close();
        // The published position may be missing, unreadable, or an old one; never ahead of what is on disk.
        await spoilDurable(join(copy, "t"), durable);
        const survivors = texts.filter((_, at) => (ends[at] ?? 0) <= last.base + keep);
        expect(await reopen(copy)).toEqual([...survivors, "after"]);
        await rm(copy, { recursive: true });
      }),
      { numRuns: 200 },
    );
  });

  it("never uses a position twice when durable bytes are gone", async () => {
    const ends = await write(["first", "second", "third"]);
    await truncate(join(topic, FIRST), ends[0] ?? 0); // the durable file still promises all three
    const log = openLog();
    const writer = await log.openWriter("t");
    await writer.append(records(0, ["after"]));
    const read: StoredRecord[] = [];
    const gaps: number[] = [];
    for await (const record of log.readAll("t", 0, () => gaps.push(read.length))) read.push(record);
    expect(values(read)).toEqual(["first", "after"]);
    expect(gaps).toEqual([1]);
    expect(read[1]?.offset).toBe(ends[2]);
    expect(await lost("missing")).toBe((ends[2] ?? 0) - (ends[0] ?? 0));
  });

  it("goes on behind the commits of its groups when the log and its durable file are gone", async () => {
    await write(["first", "second"]);
    const reader = openLog();
    const seen = await collect(reader, "t", "g");
    await seen.until(2);
    await seen.commitAll();
    await reader.close();
    await rm(join(topic, FIRST));
    await rm(join(topic, "durable"));
    const log = openLog();
    const again = await collect(log, "t", "g");
    const writer = await log.openWriter("t");
    await writer.append(records(0, ["after"]));
    await again.until(1);
    expect(values(again.of(0))).toEqual(["after"]);
  });

  it.each(["empty", "short", "garbage"])(
    "hands out nothing on an unreadable durable file (%s), all after recovery",
    async (how) => {
      await write(["first"]);
      const bytes = { empty: Buffer.alloc(0), short: Buffer.alloc(5, 1), garbage: Buffer.alloc(12, 0xff) }[how];
      await writeFile(join(topic, "durable"), bytes ?? "");
      const log = openLog();
      const seen = await collect(log, "t", "g");
      await seen.held(1);
      await expect(readToEnd(log.readAll("t", 0))).rejects.toThrow(LogUnavailableError);
      expect(seen.total()).toBe(0);
      await log.openWriter("t");
      await seen.until(1);
      expect(values(seen.of(0))).toEqual(["first"]);
    },
  );

  it("hands out nothing that is written but not yet durable", async () => {
    const ends = await write(["first"]);
    const file = await open(join(topic, FIRST), "a");
    await file.write(Buffer.alloc(500, 7));
    await file.close();
    const log = openLog();
    const seen = await collect(log, "t", "g");
    await seen.until(1);
    expect([...seen.consumer.lag().values()]).toEqual([0]);
    expect(seen.of(0)[0]?.nextOffset).toBe(ends[0]);
  });

  it("skips a damaged record in the middle, says how many bytes, and gives all others", async () => {
    const texts = Array.from({ length: 9 }, (_, at) => `record ${at}`);
    const ends = await write(texts, 150);
    const damagedAt = 4;
    const position = ends[damagedAt - 1] ?? 0;
    const segment = await segmentHolding(topic, position);
    const file = await open(segment.path, "r+");
    await file.write(Buffer.from("#####"), 0, 5, position - segment.base + 26);
    await file.close();
    const seen = await collect(openLog(), "t", "g");
    await seen.until(8);
    expect(values(seen.of(0))).toEqual(texts.filter((_, at) => at !== damagedAt));
    expect(await lost("damaged")).toBe((ends[damagedAt] ?? 0) - position);
  });

  it("does not take a copy of a frame inside a value for a record", async () => {
    await write(["original"]);
    const frame = await readFile(join(topic, FIRST));
    const log = openLog();
    const writer = await log.openWriter("t");
    await writer.append([{ partition: 0, key: "copy", value: Buffer.concat([frame, frame]), timestampMs: 1 }]);
    await writer.append(records(0, ["behind"]));
    const file = await open(join(topic, FIRST), "r+");
    await file.write(Buffer.from([0xff]), 0, 1, frame.length + 5); // damages the copy's checksum
    await file.close();
    expect(values(await readToEnd(log.readAll("t", 0)))).toEqual(["original", "behind"]);
  });

  it("keeps whole records behind a damaged place of the unpublished end", async () => {
    const ends = await write(["first", "second", "third"]);
    const file = await open(join(topic, FIRST), "r+");
    await file.write(Buffer.from([0xff]), 0, 1, (ends[0] ?? 0) + 25);
    await file.close();
    await rm(join(topic, "durable"));
    expect(await reopen()).toEqual(["first", "third", "after"]);
  });

  it("reads records larger than its reading buffer", async () => {
    const big = "b".repeat(3_000_000);
    await write(["small", big, "last"]);
    const seen = await collect(openLog(), "t", "g");
    await seen.until(3);
    expect(values(seen.of(0)).map(({ length }) => length)).toEqual([5, 3_000_000, 4]);
  });

  async function lost(reason: string): Promise<number> {
    const metric = await metrics.getSingleMetric("eventlog_lost_bytes_total")?.get();
    return metric?.values.find(({ labels }) => labels["reason"] === reason)?.value ?? 0;
  }
});

async function lastSegment(topic: string) {
  const last = (await listSegments(topic)).at(-1);
  if (last === undefined) throw new Error("no segments");
  return last;
}

async function segmentHolding(topic: string, position: number) {
  const found = (await listSegments(topic)).findLast(({ base }) => base <= position);
  if (found === undefined) throw new Error("no segment");
  return found;
}

async function spoilDurable(topic: string, how: number): Promise<void> {
  if (how === 0) await rm(join(topic, "durable"));
  if (how === 1) await writeFile(join(topic, "durable"), "garbage!");
  if (how === 2) {
    const publisher = new DurablePublisher(topic);
    publisher.publish((await listSegments(topic))[1]?.base ?? 0);
    publisher.close();
  }
}
