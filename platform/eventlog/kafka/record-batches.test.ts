import fc from "fast-check";
import crc32C from "kafkajs/src/protocol/recordBatch/crc32C/index.js";
import recordEncoder from "kafkajs/src/protocol/recordBatch/record/v0/index.js";
import batchEncoder from "kafkajs/src/protocol/recordBatch/v0/index.js";
import { describe, expect, it } from "vitest";
import { decodeRecordBatches } from "./record-batches.ts";

interface Given {
  key: string;
  value: Buffer | null;
  timestampMs: number;
}

const HEADER_BYTES = 61;

/** A batch as kafkajs writes it, with the base offset that a broker would give it. */
async function batchOf(records: readonly Given[], baseOffset = 0, compression = 0): Promise<Buffer> {
  const firstTimestamp = records[0]?.timestampMs ?? 0;
  const { buffer } = await batchEncoder.RecordBatch({
    compression,
    firstTimestamp,
    maxTimestamp: firstTimestamp,
    lastOffsetDelta: records.length - 1,
    records: records.map(({ key, value, timestampMs }, offsetDelta) =>
      recordEncoder({ key, value, offsetDelta, timestampDelta: timestampMs - firstTimestamp }),
    ),
  });
  const bytes = Buffer.from(buffer);
  bytes.writeBigInt64BE(BigInt(baseOffset), 0);
  return bytes;
}

const sample = (text: string): Given => ({ key: text, value: Buffer.from(text), timestampMs: 5 });

describe("decodeRecordBatches", () => {
  it("reads what kafkajs writes: keys, values, times, offsets", async () => {
    const record = fc.record({
      key: fc.string({ unit: "grapheme" }),
      value: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      timestampMs: fc.integer({ min: 0, max: 4e12 }),
    });
    const property = fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 2 ** 48 }),
      async (given, base) => {
        const { records, nextOffset } = decodeRecordBatches(await batchOf(given, base));
        expect(records).toEqual(given.map((one, at) => ({ ...one, offset: base + at })));
        expect(nextOffset).toBe(base + given.length);
      },
    );
    await fc.assert(property);
  });

  it("reads several batches, compressed ones too, and leaves a cut-off one for the next time", async () => {
    const [one, two] = [await batchOf([sample("a"), sample("b")], 10), await batchOf([sample("c")], 12, 1)];
    const cut = (await batchOf([sample("d")], 13)).subarray(0, -1);
    const { records, nextOffset } = decodeRecordBatches(Buffer.concat([one, two, cut]));
    expect(records.map(({ key, offset }) => [key, offset])).toEqual([
      ["a", 10],
      ["b", 11],
      ["c", 12],
    ]);
    expect(nextOffset).toBe(13);
  });

  it("goes on behind a batch that compaction has emptied", async () => {
    const bytes = (await batchOf([sample("a"), sample("b")], 7)).subarray(0, HEADER_BYTES);
    bytes.writeInt32BE(HEADER_BYTES - 12, 8);
    bytes.writeInt32BE(0, 57);
    bytes.writeUInt32BE(crc32C(bytes.subarray(21)), 17);
    expect(decodeRecordBatches(bytes)).toEqual({ records: [], nextOffset: 9, damaged: [] });
  });

  it("hands out nothing of a damaged batch, and goes on behind it", async () => {
    const damaged = await batchOf([sample("a"), sample("b")], 3);
    const last = damaged.length - 2;
    damaged.writeUInt8(damaged.readUInt8(last) ^ 0xff, last);
    const { records, ...rest } = decodeRecordBatches(Buffer.concat([damaged, await batchOf([sample("c")], 5)]));
    expect(records.map(({ key }) => key)).toEqual(["c"]);
    expect(rest).toEqual({ nextOffset: 6, damaged: [{ from: 3, to: 5 }] });
  });

  it("reads a deleting record as an empty value", async () => {
    const { records } = decodeRecordBatches(await batchOf([{ key: "gone", value: null, timestampMs: 1 }]));
    expect(records[0]?.value).toHaveLength(0);
  });
});
