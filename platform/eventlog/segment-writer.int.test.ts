import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collect, numbered, readToEnd, records, values } from "./contract-collector.ts";
import { type EventLog, LogUnavailableError } from "./eventlog.ts";
import { openSegmentFile, type SegmentFile } from "./segment-files.ts";
import { openSegmentLog } from "./segment-log.ts";

/** A disk that a test can fill or break: each kind of call fails while its name is in `failing`. */
class FaultyDisk {
  readonly failing = new Set<"open" | "write" | "datasync" | "truncate">();
  syncs = 0;
  writes = 0;

  readonly open = async (path: string): Promise<SegmentFile> => {
    this.#check("open", "ENOSPC");
    const file = await openSegmentFile(path);
    return {
      write: async (bytes, at, length, position) => {
        this.writes += 1;
        if (!this.failing.has("write")) return file.write(bytes, at, length, position);
        await file.write(bytes, at, Math.floor(length / 2), position); // what a filling disk does first
        return this.#check("write", "ENOSPC");
      },
      datasync: async () => {
        this.syncs += 1;
        this.#check("datasync", "EIO");
        await file.datasync();
      },
      truncate: async (length) => {
        this.#check("truncate", "EIO");
        await file.truncate(length);
      },
      close: () => file.close(),
    };
  };

  #check(call: "open" | "write" | "datasync" | "truncate", code: string): never | { bytesWritten: number } {
    if (!this.failing.has(call)) return { bytesWritten: 0 };
    throw Object.assign(new Error(`${code}: made up for a test, ${call}`), { code, syscall: call });
  }
}

describe("the segment writer on a disk that fails", () => {
  let directory: string;
  let log: EventLog;
  let disk: FaultyDisk;
  let metrics: Registry;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "playhead-writer-"));
    disk = new FaultyDisk();
    metrics = new Registry();
    log = openLog();
  });
  afterEach(async () => {
    disk.failing.clear();
    await log.close();
    await rm(directory, { recursive: true, force: true });
  });

  function openLog(): EventLog {
    const topics = { t: { partitions: 1, compacted: false } };
    const shared = { directory, topics, retentionMs: 1e12, segmentBytes: 300, now: () => 0 };
    return openSegmentLog({ ...shared, metrics, openFile: disk.open });
  }

  it.each(["write", "datasync", "open"] as const)(
    "refuses while `%s` fails and goes on by itself afterwards",
    async (call) => {
      const writer = await log.openWriter("t");
      await writer.append(records(0, ["x".repeat(400)])); // so that the next append wants a new segment
      const seen = await collect(log, "t", "g");
      await seen.until(1);
      disk.failing.add(call);
      for (let attempt = 0; attempt < 3; attempt += 1)
        await expect(writer.append(records(0, ["refused"]))).rejects.toThrow(LogUnavailableError);
      disk.failing.clear();
      await writer.append(records(0, ["accepted"]));
      await seen.until(2);
      expect(values(seen.of(0)).slice(1)).toEqual(["accepted"]);
    },
  );

  it("never shows a refused record and never loses an acknowledged one, whatever fails when", async () => {
    const faults = fc.subarray(["open", "write", "datasync", "truncate"] as const);
    const schedule = fc.array(fc.record({ faults, together: fc.integer({ min: 1, max: 4 }) }), { maxLength: 25 });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(schedule, async (steps) => {
        const writer = await log.openWriter("t");
        const before = (await readToEnd(log.readAll("t", 0))).length;
        const acknowledged: string[] = [];
        for (const step of steps) {
          disk.failing.clear();
          for (const fault of step.faults) disk.failing.add(fault);
          const appends = numbered(
            Array.from({ length: step.together }, () => 0),
            count,
          );
          count += step.together;
          const results = await Promise.allSettled(appends.map((record) => writer.append([record])));
          acknowledged.push(...appends.filter((_, at) => results[at]?.status === "fulfilled").map(({ key }) => key));
        }
        disk.failing.clear();
        await writer.close();
        // A later life sees the same: what was refused does not come back at recovery.
        await (await log.openWriter("t")).close();
        const read = (await readToEnd(log.readAll("t", 0))).slice(before);
        const shown = new Set(read.map(({ key }) => key));
        expect(acknowledged.every((key) => shown.has(key))).toBe(true);
        const couldCutBack = !steps.at(-1)?.faults.includes("truncate");
        if (couldCutBack) expect(read.map(({ key }) => key)).toEqual(acknowledged);
      }),
      { numRuns: 40 },
    );
  });

  it("makes many appends durable with one write and one fdatasync", async () => {
    const writer = await log.openWriter("t");
    await writer.append(records(0, ["first"]));
    const [writes, syncs] = [disk.writes, disk.syncs];
    await Promise.all(numbered(Array.from({ length: 500 }, () => 0)).map((record) => writer.append([record])));
    expect(disk.writes - writes).toBe(1);
    expect(disk.syncs - syncs).toBe(1);
  });

  it("does not resolve before fdatasync has", async () => {
    const writer = await log.openWriter("t");
    const syncs = disk.syncs;
    await writer.append(records(0, ["durable"]));
    expect(disk.syncs).toBe(syncs + 1);
  });

  it("counts records, bytes, groups and failures", async () => {
    const writer = await log.openWriter("t");
    await writer.append(numbered([0, 0, 0]));
    disk.failing.add("write");
    await expect(writer.append(numbered([0]))).rejects.toThrow(LogUnavailableError);
    const text = await metrics.metrics();
    expect(text).toContain('eventlog_appended_records_total{topic="t"} 3');
    expect(text).toContain('eventlog_append_failures_total{topic="t"} 1');
    expect(text).toContain('eventlog_group_records_count{topic="t"} 1');
    expect(text).toMatch(/eventlog_sync_seconds_count\{topic="t"\} 1/);
  });
});
