import { crc32 } from "node:zlib";
import type { LogRecord, StoredRecord } from "./eventlog.ts";

/**
 * One record on disk, little-endian:
 *
 *     0  u32 magic "PLH1"     12 u16 partition      24 key, UTF-8
 *     4  u32 checksum         14 u16 key bytes       … value, the rest
 *     8  u32 frame bytes      16 f64 timestamp, Unix milliseconds
 *
 * The checksum is CRC-32 over everything from byte 8, seeded with the frame's own position in the log, so that a frame
 * copied inside another record's value, or left over at another place, never passes for one.
 */
export const HEADER_BYTES = 24;
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

const MAGIC = 0x31_48_4c_50;
const MAX_KEY_BYTES = 0xffff;
const MAX_PARTITION = 0xffff;
const CHECKED_FROM = 8;

export const MAGIC_BYTES = Buffer.from("PLH1", "latin1");

export type FrameRead =
  | { kind: "record"; record: StoredRecord; frameBytes: number }
  /** The header is believable, but the buffer ends before the frame does. */
  | { kind: "incomplete"; frameBytes: number }
  | { kind: "damaged" };

/** Size on disk. Throws RangeError for what no frame can hold. */
export function frameBytes(record: LogRecord): number {
  const keyBytes = Buffer.byteLength(record.key);
  const bytes = HEADER_BYTES + keyBytes + record.value.length;
  if (keyBytes > MAX_KEY_BYTES) throw new RangeError(`A key of ${keyBytes} bytes is longer than ${MAX_KEY_BYTES}`);
  if (bytes > MAX_FRAME_BYTES) throw new RangeError(`A record of ${bytes} bytes is longer than ${MAX_FRAME_BYTES}`);
  if (!Number.isInteger(record.partition) || record.partition < 0 || record.partition > MAX_PARTITION)
    throw new RangeError(`Partition ${record.partition} is out of range`);
  if (!Number.isFinite(record.timestampMs)) throw new RangeError("A record needs a time");
  return bytes;
}

/** Writes the frame at `at` of a buffer that has room for it; returns where it ends. */
export function writeFrame(target: Buffer, at: number, record: LogRecord, position: number): number {
  const keyBytes = target.write(record.key, at + HEADER_BYTES);
  const end = at + HEADER_BYTES + keyBytes + record.value.length;
  record.value.copy(target, at + HEADER_BYTES + keyBytes);
  target.writeUInt32LE(MAGIC, at);
  target.writeUInt32LE(end - at, at + 8);
  target.writeUInt16LE(record.partition, at + 12);
  target.writeUInt16LE(keyBytes, at + 14);
  target.writeDoubleLE(record.timestampMs, at + 16);
  target.writeUInt32LE(checksum(target, at, end, position), at + 4);
  return end;
}

/** Reads the frame at `at`, whose position in the log is `position`. The value is a view of `bytes`, not a copy. */
export function readFrame(bytes: Buffer, at: number, position: number): FrameRead {
  if (at + HEADER_BYTES > bytes.length) return { kind: "incomplete", frameBytes: HEADER_BYTES };
  const length = bytes.readUInt32LE(at + 8);
  const keyBytes = bytes.readUInt16LE(at + 14);
  if (bytes.readUInt32LE(at) !== MAGIC || length > MAX_FRAME_BYTES || length < HEADER_BYTES + keyBytes)
    return { kind: "damaged" };
  const end = at + length;
  if (end > bytes.length) return { kind: "incomplete", frameBytes: length };
  if (checksum(bytes, at, end, position) !== bytes.readUInt32LE(at + 4)) return { kind: "damaged" };
  const valueAt = at + HEADER_BYTES + keyBytes;
  const record: StoredRecord = {
    partition: bytes.readUInt16LE(at + 12),
    key: bytes.toString("utf8", at + HEADER_BYTES, valueAt),
    value: bytes.subarray(valueAt, end),
    timestampMs: bytes.readDoubleLE(at + 16),
    offset: position,
    nextOffset: position + length,
  };
  return { kind: "record", record, frameBytes: length };
}

function checksum(bytes: Buffer, at: number, end: number, position: number): number {
  return crc32(bytes.subarray(at + CHECKED_FROM, end), position >>> 0);
}
