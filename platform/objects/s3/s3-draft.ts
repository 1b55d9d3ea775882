import type { Readable } from "node:stream";
import {
  DraftIncompleteError,
  type ObjectDraft,
  type ObjectInfo,
  ObjectMismatchError,
  ObjectsUnavailableError,
  type ReceivedBytes,
} from "../objects.ts";
import { cellAt, DraftCells, partBytesFor, requireFit } from "./draft-cells.ts";
import { type DraftState, DraftStore } from "./draft-state.ts";
import { receiveDraft } from "./receive-draft.ts";
import { RunningHash } from "./running-hash.ts";
import type { S3Bucket } from "./s3-bucket.ts";
import { completeLarge, publishLarge, putSmall } from "./s3-writer.ts";

export interface S3DraftOptions {
  bucket: S3Bucket;
  /** Of the draft's own objects. */
  prefix: string;
  key: string;
  leastPartBytes: number;
  head(): Promise<ObjectInfo | null>;
  forget(): void;
}

/**
 * A draft in a bucket. Cells that are full become parts of a multipart upload; what fills none when a write ends is staged as
 * an object of its own. Which bytes are there is asked of the store each time; only the hash is this process's own.
 */
export class S3Draft implements ObjectDraft {
  readonly key: string;
  readonly #options: S3DraftOptions;
  readonly #store: DraftStore;
  readonly #cells: DraftCells;
  #hash = new RunningHash();
  /** Of the draft whose bytes were hashed. */
  #hashedMark: string | null = null;
  #finishing: Promise<unknown> = Promise.resolve();
  #users = 0;

  constructor(options: S3DraftOptions) {
    this.key = options.key;
    this.#options = options;
    this.#store = new DraftStore(options.bucket, options.prefix);
    this.#cells = new DraftCells(options.bucket, this.#store, options.key);
  }

  get isIdle(): boolean {
    return this.#users === 0;
  }

  async write(offset: number, body: Readable): Promise<void> {
    this.#users += 1;
    try {
      const state = this.#noticed(await this.#store.begin());
      const partBytes = state.upload?.partBytes ?? partBytesFor(state.sizeBytes, this.#options.leastPartBytes);
      await receiveDraft(body, {
        offset,
        partBytes,
        durable: state.durable,
        store: async (cell, runs) => {
          await this.#cells.store(state, cell, runs);
          if (state.mark === this.#hashedMark) for (const { start, bytes } of runs) this.#hash.offer(start, bytes);
        },
      });
    } finally {
      this.#users -= 1;
    }
  }

  async received(): Promise<ReceivedBytes> {
    const { durable, sizeBytes } = this.#noticed(await this.#store.read());
    return { ranges: durable.ranges, contiguousBytes: durable.contiguousBytes, sizeBytes };
  }

  async announce(sizeBytes: number): Promise<void> {
    const state = await this.#store.begin();
    if (state.upload !== null) requireFit(this.key, sizeBytes, state.upload.partBytes);
    const first = state.sizeBytes ?? (await this.#store.announce(sizeBytes));
    if (first !== sizeBytes) throw new ObjectMismatchError(`${this.key} was to have ${first} bytes, not ${sizeBytes}`);
  }

  /** One after another; another process does the same steps, each of which may be done twice. */
  finish({ sizeBytes }: { sizeBytes: number }): Promise<ObjectInfo> {
    const mine = this.#finishing.then(() => this.#finish(sizeBytes));
    this.#finishing = mine.catch(() => {}); // told to its own caller
    return mine;
  }

  async discard(): Promise<void> {
    await this.#store.remove();
    this.#options.forget();
  }

  async #finish(sizeBytes: number): Promise<ObjectInfo> {
    try {
      const info = await this.#make(sizeBytes);
      await this.discard();
      return info;
    } catch (error) {
      // Finished before, or by somebody else at the same time?
      const stored = (await this.#store.mark()) === null ? await this.#options.head() : null;
      if (stored?.sizeBytes === sizeBytes) return stored;
      throw error;
    }
  }

  async #make(sizeBytes: number): Promise<ObjectInfo> {
    const state = this.#noticed(await this.#store.read());
    const { contiguousBytes, end } = state.durable;
    if (state.mark === null || contiguousBytes < sizeBytes)
      throw new DraftIncompleteError(`${contiguousBytes} of ${sizeBytes} bytes of ${this.key} are there`);
    if (end > sizeBytes) throw new ObjectMismatchError(`${end} bytes of ${this.key} came, not ${sizeBytes}`);
    const isSmall = state.upload === null && sizeBytes < this.#options.leastPartBytes;
    return isSmall ? this.#makeSmall(state, sizeBytes) : this.#makeLarge(state, sizeBytes);
  }

  /** It fills no part: its pieces are put together here. */
  async #makeSmall(state: DraftState, sizeBytes: number): Promise<ObjectInfo> {
    const bytes = await this.#cells.assemble(state, { start: 0, end: sizeBytes });
    if (bytes === null) throw new ObjectsUnavailableError(`The draft of ${this.key} was changed meanwhile`);
    const hash = new RunningHash();
    hash.offer(0, bytes);
    return putSmall(this.#options.bucket, { key: this.key, sizeBytes, sha256: hash.digest() }, bytes);
  }

  async #makeLarge(state: DraftState, sizeBytes: number): Promise<ObjectInfo> {
    const { bucket, leastPartBytes } = this.#options;
    const upload = await this.#cells.upload(state, partBytesFor(sizeBytes, leastPartBytes));
    const { place, uploadId, partBytes, largeId } = upload;
    if (state.completedBytes === null) {
      for (let at = 0; at < sizeBytes; at += partBytes) {
        const cell = cellAt(at, partBytes);
        if (state.cells.has(cell.number)) continue;
        await this.#cells.fill(state, upload, { ...cell, end: Math.min(cell.end, sizeBytes) });
      }
      await completeLarge(bucket, { place, uploadId, sizeBytes });
    }
    const info = { key: this.key, sizeBytes, sha256: await this.#digest(place, sizeBytes) };
    return publishLarge(bucket, { info, largeId });
  }

  /** What was not hashed while it passed is read: other processes received it, or it came out of order. */
  async #digest(place: string, sizeBytes: number): Promise<string> {
    const hash = this.#hash;
    if (hash.hashedBytes < sizeBytes) {
      const range = { start: hash.hashedBytes, end: sizeBytes };
      const found = await this.#options.bucket.get(place, { range });
      if (found === null) throw new ObjectsUnavailableError(`The bytes of ${this.key} are gone`);
      for await (const bytes of found.body) hash.offer(hash.hashedBytes, bytes);
    }
    if (hash.hashedBytes !== sizeBytes) throw new Error(`${hash.hashedBytes} bytes were hashed, not ${sizeBytes}`);
    return hash.digest();
  }

  /** Begins the hash anew when this is another draft than before. */
  #noticed(state: DraftState): DraftState {
    if (state.mark !== this.#hashedMark) this.#hash = new RunningHash();
    this.#hashedMark = state.mark;
    return state;
  }
}
