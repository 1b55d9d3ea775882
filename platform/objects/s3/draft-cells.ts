import { ByteRangeSet } from "../byte-ranges.ts";
import { type ByteRange, DraftTooLongError, ObjectMissingError, ObjectsUnavailableError } from "../objects.ts";
import { largeKey } from "./bucket-keys.ts";
import type { DraftState, DraftStore, DraftUpload, StagedPiece } from "./draft-state.ts";
import type { S3Bucket } from "./s3-bucket.ts";
import { newLargeId } from "./s3-writer.ts";

const MEBIBYTE = 1_048_576;
/** S3's limit of parts. */
const MAX_PARTS = 10_000;

/** Length of a draft's parts, which are the cells of a grid: in whatever pieces bytes arrive, a part is one cell. */
export function partBytesFor(sizeBytes: number | null, leastBytes: number): number {
  if (sizeBytes === null || sizeBytes <= leastBytes * MAX_PARTS) return leastBytes;
  return Math.ceil(sizeBytes / MAX_PARTS / MEBIBYTE) * MEBIBYTE;
}

/** So many bytes are so many parts as S3 takes, or fewer. */
export function requireFit(key: string, sizeBytes: number, partBytes: number): void {
  if (sizeBytes > partBytes * MAX_PARTS)
    throw new DraftTooLongError(`${key} has more than ${partBytes * MAX_PARTS} bytes, and nobody had said so in time`);
}

export interface Cell extends ByteRange {
  /** From 0 on; parts count from 1. */
  number: number;
}

export function cellAt(at: number, partBytes: number): Cell {
  const number = Math.floor(at / partBytes);
  return { number, start: number * partBytes, end: (number + 1) * partBytes };
}

/** Bytes that are not durable yet. */
export interface Run {
  start: number;
  bytes: Buffer;
}

/** Makes bytes of a draft durable, by cells of its grid. What it stores it adds to the state that it was given. */
export class DraftCells {
  readonly #bucket: S3Bucket;
  readonly #store: DraftStore;
  readonly #key: string;

  constructor(bucket: S3Bucket, store: DraftStore, key: string) {
    this.#bucket = bucket;
    this.#store = store;
    this.#key = key;
  }

  /** As the cell's part when nothing of it is missing now, staged otherwise. */
  async store(state: DraftState, cell: Cell, runs: readonly Run[]): Promise<void> {
    const partBytes = cell.end - cell.start;
    requireFit(this.#key, cell.start + 1, partBytes);
    if (isCovered(cell, state.pieces, runs)) {
      const upload = await this.upload(state, partBytes);
      if (upload.partBytes === partBytes) return this.fill(state, upload, cell, runs);
    }
    for (const { start, bytes } of runs) await this.#stage(state, start, bytes);
  }

  /** Makes a cell (or the beginning of the last one) a part, of these bytes and of staged ones. */
  async fill(state: DraftState, upload: DraftUpload, cell: Cell, runs: readonly Run[] = []): Promise<void> {
    requireFit(this.#key, cell.start + 1, upload.partBytes);
    const bytes = await this.assemble(state, cell, runs);
    const isStored =
      bytes !== null && (await this.#bucket.putPart(upload.place, upload.uploadId, cell.number + 1, bytes));
    if (!isStored) return this.#requireStored(state, cell);
    state.cells.add(cell.number);
    state.durable.add(cell);
    const used = state.pieces.filter(({ start, end }) => start >= cell.start && end <= cell.end);
    await this.#store.removePieces(used);
    state.pieces = state.pieces.filter((piece) => !used.includes(piece));
  }

  /** Null when somebody has used and removed a piece meanwhile. */
  async assemble(state: DraftState, { start, end }: ByteRange, runs: readonly Run[] = []): Promise<Buffer | null> {
    const [only] = runs;
    if (only?.start === start && only.bytes.length === end - start) return only.bytes;
    const whole = Buffer.allocUnsafe(end - start);
    const there = new ByteRangeSet();
    for (const run of runs) {
      run.bytes.copy(whole, run.start - start);
      there.add({ start: run.start, end: run.start + run.bytes.length });
    }
    for (const piece of state.pieces) {
      const wanted = { start: Math.max(start, piece.start), end: Math.min(end, piece.end) };
      for (const gap of wanted.start < wanted.end ? there.missing(wanted) : []) {
        const bytes = await this.#store.readPiece(piece, gap);
        if (bytes === null) return null;
        bytes.copy(whole, gap.start - start);
        there.add(gap);
      }
    }
    return there.missing({ start, end }).length === 0 ? whole : null;
  }

  /** The draft's upload, begun now if need be. */
  async upload(state: DraftState, partBytes: number): Promise<DraftUpload> {
    if (state.upload !== null) return state.upload;
    const largeId = newLargeId();
    const place = largeKey(this.#key, largeId);
    const uploadId = await this.#bucket.createUpload(place);
    const upload = await this.#store.addUpload(state.uploads, { place, largeId, uploadId, partBytes });
    if (upload.uploadId !== uploadId) await this.#bucket.abortUpload(place, uploadId);
    state.upload = upload;
    return upload;
  }

  async #stage(state: DraftState, start: number, bytes: Buffer): Promise<void> {
    const piece = await this.#store.stage(start, bytes);
    if ((await this.#store.mark()) !== state.mark) {
      await this.#store.removePieces([piece]);
      throw this.#discarded();
    }
    state.pieces.push(piece);
    state.durable.add(piece);
  }

  /** Somebody else had the same cell, has finished the draft, or has discarded it. */
  async #requireStored(state: DraftState, cell: Cell): Promise<void> {
    const now = await this.#store.read();
    if (now.mark !== state.mark) throw this.#discarded();
    if (!now.cells.has(cell.number) && now.completedBytes === null)
      throw new ObjectsUnavailableError(`The upload of ${this.#key} was changed meanwhile`);
    state.durable.add(cell);
  }

  #discarded(): ObjectMissingError {
    return new ObjectMissingError(`The draft of ${this.#key} was discarded`);
  }
}

function isCovered(cell: Cell, pieces: readonly StagedPiece[], runs: readonly Run[]): boolean {
  const there = new ByteRangeSet();
  for (const piece of pieces) there.add(piece);
  for (const { start, bytes } of runs) there.add({ start, end: start + bytes.length });
  return there.missing(cell).length === 0;
}
