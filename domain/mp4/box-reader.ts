import { damaged, Mp4Error } from "./mp4-error.ts";

/** One box (ISO/IEC 14496-12 §4.2). */
export interface Box {
  type: string;
  /** The whole box, header included. */
  bytes: Uint8Array;
  /** What follows the header. */
  body: Uint8Array;
}

/** Files have some tens of boxes a container; a bound keeps a file of nothing but headers from costing memory. */
const MAX_BOXES = 4096;
const HEADER_BYTES = 8;
const LARGE_HEADER_BYTES = 16;

/** The boxes that `bytes` consists of. Fewer than 8 bytes at the end are padding (QuickTime ends some lists with zeros). */
export function readBoxes(bytes: Uint8Array): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const { type, headerBytes, sizeBytes } = readBoxHeader(bytes.subarray(at), bytes.length - at);
    if (sizeBytes > bytes.length - at) throw damaged(`box "${printable(type)}" is longer than what holds it`);
    if (boxes.length === MAX_BOXES) throw new Mp4Error("The file has more boxes in one place than a film can need");
    const end = at + sizeBytes;
    boxes.push({ type, bytes: bytes.subarray(at, end), body: bytes.subarray(at + headerBytes, end) });
    at = end;
  }
  return boxes;
}

export interface BoxHeader {
  type: string;
  headerBytes: number;
  /** The whole box's, header included; never less than the header. */
  sizeBytes: number;
}

/**
 * @param bytes at least 8, or 16 where the size needs 64 bits
 * @param restBytes from the box's begin to the end of what holds it, for a box that runs to there (size 0)
 */
export function readBoxHeader(bytes: Uint8Array, restBytes: number): BoxHeader {
  const fields = new Fields(bytes);
  const size = fields.u32();
  const type = fields.fourCC();
  const headerBytes = size === 1 ? LARGE_HEADER_BYTES : HEADER_BYTES;
  const sizeBytes = size === 0 ? restBytes : size === 1 ? fields.u64() : size;
  if (sizeBytes < headerBytes) throw damaged(`box "${printable(type)}" is shorter than its header`);
  return { type, headerBytes, sizeBytes };
}

export function findBox(boxes: readonly Box[], type: string): Box | null {
  return boxes.find((box) => box.type === type) ?? null;
}

export function requireBox(boxes: readonly Box[], type: string): Box {
  const box = findBox(boxes, type);
  if (box === null) throw damaged(`box "${type}" is missing`);
  return box;
}

/** Types come from the file and end up in a sentence: only letters, digits and the like are shown. */
export function printable(type: string): string {
  return type.replaceAll(/[^ -~]/g, "?");
}

/** Reads big-endian fields one after the other. Reading past the end throws Mp4Error. */
export class Fields {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  i16(): number {
    return this.#view.getInt16(this.#take(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  /** Refuses what a number does not hold exactly. */
  u64(): number {
    return exact(this.u32() * 2 ** 32 + this.u32());
  }

  i64(): number {
    return exact(this.i32() * 2 ** 32 + this.u32());
  }

  fourCC(): string {
    return String.fromCharCode(this.u8(), this.u8(), this.u8(), this.u8());
  }

  skip(byteCount: number): this {
    this.#take(byteCount);
    return this;
  }

  take(byteCount: number): Uint8Array {
    const start = this.#take(byteCount);
    return this.#bytes.subarray(start, start + byteCount);
  }

  takeRest(): Uint8Array {
    return this.take(this.remaining);
  }

  /** A count of entries of `entryBytes` each that follow: never more than there are bytes for. */
  countOf(entryBytes: number): number {
    const count = this.u32();
    if (count * entryBytes > this.remaining) throw damaged("a table is shorter than it says");
    return count;
  }

  /** All that is left, as a view for loops that have checked their count. */
  rest(): DataView {
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, this.remaining);
  }

  #take(byteCount: number): number {
    if (byteCount > this.remaining) throw damaged("a box ends too early");
    const start = this.#at;
    this.#at += byteCount;
    return start;
  }
}

function exact(value: number): number {
  if (!Number.isSafeInteger(value)) throw damaged("a 64-bit number is absurdly large");
  return value;
}
