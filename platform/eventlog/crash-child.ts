import { writeSync } from "node:fs";
import { openSegmentLog } from "./segment-log.ts";

/**
 * The process that crash.int.test.ts kills. `write FROM` appends numbered records for ever and reports the last one that
 * is acknowledged; `consume GROUP` commits each batch and reports the committed offset.
 */
const [directory = "", role = "", argument = ""] = process.argv.slice(2);
const log = openSegmentLog({
  directory,
  topics: { t: { partitions: 2, compacted: false } },
  retentionMs: 1e12,
  segmentBytes: 100_000,
  now: () => Date.now(),
});
const report = (value: number): number => writeSync(1, `${value}\n`);

if (role === "write") await write(Number(argument));
else await consume(argument);

async function write(from: number): Promise<void> {
  const writer = await log.openWriter("t");
  for (let next = from; ; ) {
    const groupSize = 1 + ((next * 7) % 40);
    const group = Array.from({ length: groupSize }, (_, at) => ({
      partition: 0,
      key: "k",
      value: Buffer.from(`${next + at} ${"x".repeat((next + at) % 97)}`),
      timestampMs: Date.now(),
    }));
    await writer.append(group);
    next += groupSize;
    report(next - 1);
  }
}

async function consume(group: string): Promise<void> {
  const consumer = await log.subscribe("t", group, {
    assigned: async () => undefined,
    batch: async (partition, records) => {
      for (const record of records) {
        await consumer.commit(partition, record.nextOffset);
        report(record.nextOffset);
      }
    },
    revoked: async () => undefined,
    failed: (error) => {
      throw error;
    },
  });
}
