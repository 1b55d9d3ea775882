import { gunzipSync, zstdDecompressSync } from "node:zlib";
import crc32C from "kafkajs/src/protocol/recordBatch/crc32C/index.js";
import { ByteCursor } from "./byte-cursor.ts";

/** One record as Kafka keeps it. */
export interface BatchRecord {
  offset: number;
  timestampMs: number;
  key: string;
  /** A view of the fetched bytes; empty where the record deletes its key. */
  value: Buffer;
}

export interface DecodedBatches {
  records: BatchRecord[];
  /** Where reading goes on: behind the last whole batch, empty ones included; null when there was none. */
  nextOffset: number | null;
  /** Offsets of batches whose checksum does not fit: [from, to). */
  damaged: { from: number; to: number }[];
}

/** Bytes before the records of a batch of format 2; the length at byte 8 counts from byte 12. */
const HEADER_BYTES = 61;
const LENGTH_AT = 8;
const LENGTH_FROM = 12;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_DELTA_AT = 23;
const FIRST_TIME_AT = 27;
const MAX_TIME_AT = 35;
const COUNT_AT = 57;

const CODEC_BITS = 0x07;
const APPEND_TIME_BIT = 0x08;
const CONTROL_BIT = 0x20;

/**
 * Reads the record batches of one partition out of a fetch answer (format 2, Kafka's since 0.11), whose last one may be cut off.
 * kafkajs' own decoder tells neither where an empty batch ends, which compaction leaves behind, nor a wrong checksum.
 */
export function decodeRecordBatches(bytes: Buffer): DecodedBatches {
  const result: DecodedBatches = { records: [], nextOffset: null, damaged: [] };
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const end = at + LENGTH_FROM + bytes.readInt32BE(at + LENGTH_AT);
    if (end > bytes.length) break;
    decodeBatch(bytes.subarray(at, end), result);
    at = end;
  }
  return result;
}

function decodeBatch(batch: Buffer, result: DecodedBatches): void {
  const magic = batch.readInt8(MAGIC_AT);
  if (magic !== 2) throw new Error(`Records of format ${magic} are too old to be read`);
  const base = Number(batch.readBigInt64BE(0));
  const next = base + batch.readInt32BE(LAST_DELTA_AT) + 1;
  result.nextOffset = next;
  if (crc32C(batch.subarray(ATTRIBUTES_AT)) !== batch.readUInt32BE(CRC_AT)) {
    result.damaged.push({ from: base, to: next });
    return;
  }
  const attributes = batch.readInt16BE(ATTRIBUTES_AT);
  if ((attributes & CONTROL_BIT) !== 0) return; // of transactions, which we have none of
  const firstMs = Number(batch.readBigInt64BE(FIRST_TIME_AT));
  const appendedMs = (attributes & APPEND_TIME_BIT) === 0 ? null : Number(batch.readBigInt64BE(MAX_TIME_AT));
  const reader = new ByteCursor(decompress(attributes & CODEC_BITS, batch.subarray(HEADER_BYTES)));
  for (let count = batch.readInt32BE(COUNT_AT); count > 0; count -= 1)
    result.records.push(readRecord(reader, base, firstMs, appendedMs));
}

function decompress(codec: number, bytes: Buffer): Buffer {
  if (codec === 0) return bytes;
  if (codec === 1) return gunzipSync(bytes);
  if (codec === 4) return zstdDecompressSync(bytes);
  throw new Error("Records compressed with snappy or lz4 cannot be read: set the topic's compression.type to another");
}

function readRecord(reader: ByteCursor, base: number, firstMs: number, appendedMs: number | null): BatchRecord {
  const end = reader.varint() + reader.at;
  reader.at += 1; // attributes, unused
  const timestampMs = firstMs + reader.varint();
  const offset = base + reader.varint();
  const key = reader.bytes(reader.varint()).toString("utf8");
  const value = reader.bytes(reader.varint());
  reader.at = end; // headers are nobody's here
  return { offset, timestampMs: appendedMs ?? timestampMs, key, value };
}
