import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { EventLog, LogRecord } from "../platform/eventlog/eventlog.ts";
import { openSegmentLog } from "../platform/eventlog/segment-log.ts";

/**
 * Durable appends per second beside the floor of the same disk in the same run: one write and one fdatasync per batch of
 * equal bytes. Also how many callers share a group, and how long a waiting consumer waits.
 *
 *     node bench/eventlog.ts [--seconds 1] [--directory DIR]
 */
const { values } = parseArgs({ options: { seconds: { type: "string" }, directory: { type: "string" } } });
const durationMs = Number(values.seconds ?? 1) * 1000;
const RECORD_BYTES = 400; // a decoded beacon of one view, typically
const PARTITIONS = 16;
const BATCHES = [1, 10, 1_000];
const CALLERS = 64;

const directory = await mkdtemp(join(values.directory ?? tmpdir(), "playhead-bench-"));
const topics = { bench: { partitions: PARTITIONS, compacted: false } };
const log = openSegmentLog({ directory, topics, retentionMs: 0, maxBytes: 512 * 1024 * 1024, now: () => Date.now() });

try {
  const writer = await log.openWriter("bench");
  console.log(`records of ${RECORD_BYTES} bytes, ${durationMs / 1000} s each`);
  for (const batch of BATCHES) {
    const records = makeRecords(batch);
    const floor = await floorPerSecond(batch);
    const ours = await perSecond(() => writer.append(records));
    report(`batch ${batch}, one caller`, ours * batch, floor * batch);
  }
  const one = makeRecords(1);
  let running = true;
  const stop = setTimeout(() => {
    running = false;
  }, durationMs);
  const counts = await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      let count = 0;
      for (; running; count += 1) await writer.append(one);
      return count;
    }),
  );
  clearTimeout(stop);
  const total = counts.reduce((sum, count) => sum + count, 0);
  report(`batch 1, ${CALLERS} callers`, (total * 1000) / durationMs, await floorPerSecond(1));
  await wakeUp(log, (record) => writer.append([record]));
} finally {
  await log.close();
  await rm(directory, { recursive: true, force: true });
}

function makeRecords(count: number): LogRecord[] {
  const value = Buffer.alloc(RECORD_BYTES - 60, "b");
  return Array.from({ length: count }, (_, at) => ({
    partition: at % PARTITIONS,
    key: `1/view-0123456789-0123456789-${at % 1000}`,
    value,
    timestampMs: Date.now(),
  }));
}

/** Calls one after another. */
async function perSecond(step: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  let count = 0;
  for (; performance.now() - startedMs < durationMs; count += 1) await step();
  return (count * 1000) / (performance.now() - startedMs);
}

async function floorPerSecond(batch: number): Promise<number> {
  const bytes = Buffer.alloc(batch * RECORD_BYTES, "f");
  const file = await open(join(directory, `floor-${batch}`), "w");
  let at = 0;
  try {
    return await perSecond(async () => {
      await file.write(bytes, 0, bytes.length, at);
      await file.datasync();
      at += bytes.length;
    });
  } finally {
    await file.close();
    await rm(join(directory, `floor-${batch}`));
  }
}

/** From the call of append to the consumer's batch, a record at a time. */
async function wakeUp(log: EventLog, append: (record: LogRecord) => Promise<void>): Promise<void> {
  const latenciesMs: number[] = [];
  const from = await end(log);
  let arrived = (): void => undefined;
  const consumer = await log.subscribe("bench", "wake-up", {
    assigned: async (assignment) => assignment.seek(from),
    batch: async () => arrived(),
    revoked: async () => undefined,
    failed: (error) => {
      throw error;
    },
  });
  while (consumer.lag().size < PARTITIONS) await new Promise((resolve) => setTimeout(resolve, 10));
  const [record] = makeRecords(1);
  const startedMs = performance.now();
  while (record !== undefined && performance.now() - startedMs < durationMs) {
    const sentMs = performance.now();
    const came = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await append(record);
    await came;
    latenciesMs.push(performance.now() - sentMs);
  }
  latenciesMs.sort((a, b) => a - b);
  const at = (ratio: number): string => (latenciesMs[Math.floor(latenciesMs.length * ratio)] ?? 0).toFixed(1);
  console.log(`append to batch: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1 - 1e-9)} ms`);
}

async function end(of: EventLog): Promise<number> {
  let position = 0;
  for await (const record of of.readAll("bench", 0)) position = record.nextOffset;
  return position;
}

function report(what: string, ours: number, floor: number): void {
  const round = (value: number): string => Math.round(value).toLocaleString("en");
  const ratio = (ours / floor).toFixed(2);
  console.log(`${what}: ${round(ours)} records/s, floor ${round(floor)} records/s, ratio ${ratio}`);
}
