import type { FileHandle } from "node:fs/promises";
import type { StoredRecord } from "./eventlog.ts";
import { HEADER_BYTES, MAGIC_BYTES, MAX_FRAME_BYTES, readFrame } from "./record-format.ts";

const CHUNK_BYTES = 1024 * 1024;

/** Bytes [from, to) of the log that are no whole record. */
export interface Damage {
  from: number;
  to: number;
}

export interface Chunk {
  records: StoredRecord[];
  /** Where reading goes on; equals the asked position only when the file ends there. */
  next: number;
  damage: Damage | null;
}

interface Span {
  handle: FileHandle;
  /** Position in the log of the file's first byte. */
  base: number;
  limit: number;
}

/**
 * Reads whole records of one segment file from `position`, about a megabyte of them, never beyond `limit`. A damaged
 * place ends the chunk; `next` is then the next valid record behind it, or `limit`. Values are views of one buffer.
 */
export async function readChunk(span: Span, position: number): Promise<Chunk> {
  let bytes = await readSpan(span, position, CHUNK_BYTES);
  const records: StoredRecord[] = [];
  let at = 0;
  while (at < bytes.length) {
    const frame = readFrame(bytes, at, position + at);
    if (frame.kind === "record") {
      records.push(frame.record);
      at += frame.frameBytes;
      continue;
    }
    if (frame.kind === "incomplete" && records.length > 0) break; // the next chunk begins with it
    const longer = frame.kind === "incomplete" ? await readSpan(span, position, frame.frameBytes) : bytes;
    if (longer.length <= bytes.length) return damagedFrom(span, records, position + at);
    bytes = longer;
  }
  return { records, next: position + at, damage: null };
}

async function damagedFrom(span: Span, records: StoredRecord[], from: number): Promise<Chunk> {
  const to = await nextFrame(span, from + 1);
  return { records, next: to, damage: { from, to } };
}

/** Position of the first valid record at or after `from`; `limit` when there is none. */
async function nextFrame(span: Span, from: number): Promise<number> {
  for (let position = from; position < span.limit; ) {
    const bytes = await readSpan(span, position, CHUNK_BYTES);
    if (bytes.length < HEADER_BYTES) break;
    for (let at = bytes.indexOf(MAGIC_BYTES); at !== -1; at = bytes.indexOf(MAGIC_BYTES, at + 1)) {
      if (await isFrame(span, bytes, at, position + at)) return position + at;
    }
    position += bytes.length - (MAGIC_BYTES.length - 1); // a magic number may lie across two windows
  }
  return span.limit;
}

async function isFrame(span: Span, bytes: Buffer, at: number, position: number): Promise<boolean> {
  const frame = readFrame(bytes, at, position);
  if (frame.kind !== "incomplete") return frame.kind === "record";
  const header = await readSpan(span, position, HEADER_BYTES);
  const whole =
    header.length < HEADER_BYTES
      ? header
      : await readSpan(span, position, Math.max(HEADER_BYTES, header.readUInt32LE(8)));
  return readFrame(whole, 0, position).kind === "record";
}

async function readSpan(span: Span, position: number, wanted: number): Promise<Buffer> {
  const length = Math.max(0, Math.min(wanted, span.limit - position, MAX_FRAME_BYTES));
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await span.handle.read(bytes, filled, length - filled, position - span.base + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
