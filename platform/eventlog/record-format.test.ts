import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogRecord } from "./eventlog.ts";
import { frameBytes, readFrame, writeFrame } from "./record-format.ts";

const anyRecord: fc.Arbitrary<LogRecord> = fc.record({
  partition: fc.nat(65_535),
  key: fc.string({ unit: "grapheme" }),
  value: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  timestampMs: fc.integer({ min: 0, max: 8.64e15 }),
});
const anyPosition = fc.nat(Number.MAX_SAFE_INTEGER - 1_000_000);

describe("record format", () => {
  it("gives back any record, anywhere in the log", () => {
    fc.assert(
      fc.property(anyRecord, anyPosition, fc.nat(50), (record, position, at) => {
        const bytes = Buffer.alloc(at + frameBytes(record));
        expect(writeFrame(bytes, at, record, position)).toBe(bytes.length);
        const read = readFrame(bytes, at, position);
        const stored = { ...record, offset: position, nextOffset: position + frameBytes(record) };
        expect(read).toEqual({ kind: "record", record: stored, frameBytes: frameBytes(record) });
      }),
    );
  });

  it("accepts no frame with any single bit changed", () => {
    const record = { partition: 3, key: "view", value: Buffer.from("some state"), timestampMs: 1_700_000_000_000 };
    const bytes = Buffer.alloc(frameBytes(record));
    writeFrame(bytes, 0, record, 4_096);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(readFrame(changed, 0, 4_096).kind).not.toBe("record");
    }
  });

  it("accepts a frame only at the position that it was written for", () => {
    const record = { partition: 0, key: "", value: Buffer.from("x"), timestampMs: 1 };
    const bytes = Buffer.alloc(frameBytes(record));
    writeFrame(bytes, 0, record, 1_000);
    expect(readFrame(bytes, 0, 1_001).kind).toBe("damaged");
  });

  it("refuses what it could not give back", () => {
    const record = { partition: 0, key: "", value: Buffer.alloc(0), timestampMs: 1 };
    expect(() => frameBytes({ ...record, key: "ä".repeat(33_000) })).toThrow(RangeError);
    expect(() => frameBytes({ ...record, value: Buffer.alloc(16 * 1024 * 1024) })).toThrow(RangeError);
    expect(() => frameBytes({ ...record, partition: -1 })).toThrow(RangeError);
    expect(() => frameBytes({ ...record, timestampMs: Number.NaN })).toThrow(RangeError);
  });
});
