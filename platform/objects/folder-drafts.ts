import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { isCode, makeDirectory, syncDirectory } from "../eventlog/segment-files.ts";
import { ByteRangeSet } from "./byte-ranges.ts";
import { DraftHash } from "./draft-hash.ts";
import {
  DraftIncompleteError,
  type ObjectDraft,
  type ObjectInfo,
  ObjectMismatchError,
  ObjectMissingError,
  type ReceivedBytes,
} from "./objects.ts";

/** So much at most is sent again when the process is killed in the middle of a long write. */
const COMMIT_BYTES = 16 * 1_048_576;

/** Gathered for a write; each upload holds twice as much. */
const WRITE_BYTES = 2 ** 18;

/** Entries of the ranges file: a range, or how long the whole is. Brackets, so that a torn one and the next make no third. */
const ENTRY = /\[(?:(\d+)-(\d+)|=(\d+))\]/g;
const MAX_ENTRY_BYTES = 64;

export interface DraftStore {
  head(): Promise<ObjectInfo | null>;
  /** Gives the bytes their object, which they stay below this name as well. */
  publish(bytes: string, info: ObjectInfo): Promise<void>;
  forget(): void;
}

/**
 * A draft in a folder: `bytes` (sparse), and `ranges`, to which what is durable in `bytes` is appended afterwards. One
 * instance per draft in a process: it knows which bytes are written but not yet durable, and how far the hash is.
 */
export class FolderDraft implements ObjectDraft {
  readonly key: string;
  readonly #directory: string;
  readonly #store: DraftStore;
  /** In `bytes`, durable or not; of other processes, what they had told of when last looked. */
  #written = new ByteRangeSet();
  #durable = new ByteRangeSet();
  /** What was announced first. */
  #sizeBytes: number | null = null;
  /** How much of `ranges` was read. */
  #readBytes = 0;
  #hash: DraftHash;
  /** Chunks go one after another, so that no byte is written twice. */
  #turn: Promise<void> = Promise.resolve();
  #finishing: Promise<unknown> = Promise.resolve();
  #users = 0;

  constructor(directory: string, key: string, store: DraftStore) {
    this.#directory = directory;
    this.key = key;
    this.#store = store;
    this.#hash = new DraftHash(join(directory, "bytes"));
  }

  get isIdle(): boolean {
    return this.#users === 0;
  }

  async write(offset: number, body: Readable): Promise<void> {
    this.#users += 1;
    try {
      await makeDirectory(this.#directory);
      await this.#readRanges();
      const file = await open(join(this.#directory, "bytes"), constants.O_RDWR | constants.O_CREAT, 0o644);
      try {
        await this.#receive(file, offset, body);
      } finally {
        await file.close();
      }
    } finally {
      this.#users -= 1;
    }
  }

  async received(): Promise<ReceivedBytes> {
    await this.#readRanges();
    const { ranges, contiguousBytes } = this.#durable;
    return { ranges, contiguousBytes, sizeBytes: this.#sizeBytes };
  }

  async announce(sizeBytes: number): Promise<void> {
    await makeDirectory(this.#directory);
    await this.#readRanges();
    if (this.#sizeBytes === null) {
      await this.#append(`[=${sizeBytes}]`);
      await this.#readRanges(); // another process may have been first
    }
    if (this.#sizeBytes !== sizeBytes)
      throw new ObjectMismatchError(`${this.key} was to have ${this.#sizeBytes} bytes, not ${sizeBytes}`);
  }

  /** One after another: two at once would give the bytes two names, one of which no link leads to and nobody removes. */
  finish({ sizeBytes }: { sizeBytes: number }): Promise<ObjectInfo> {
    const mine = this.#finishing.then(() => this.#finish(sizeBytes));
    this.#finishing = mine.catch(() => {}); // told to its own caller
    return mine;
  }

  async #finish(sizeBytes: number): Promise<ObjectInfo> {
    await this.#readRanges();
    try {
      return await this.#publish(sizeBytes);
    } catch (error) {
      // Finished before, or by somebody else at the same time?
      await this.#readRanges();
      const stored = this.#durable.end === 0 ? await this.#store.head() : null;
      if (stored?.sizeBytes === sizeBytes) return stored;
      throw error;
    }
  }

  async #publish(sizeBytes: number): Promise<ObjectInfo> {
    const { contiguousBytes, end } = this.#durable;
    if (contiguousBytes < sizeBytes)
      throw new DraftIncompleteError(`${contiguousBytes} of ${sizeBytes} bytes of ${this.key} are there`);
    if (end > sizeBytes) throw new ObjectMismatchError(`${end} bytes of ${this.key} came, not ${sizeBytes}`);
    const info = { key: this.key, sizeBytes, sha256: await this.#hash.digest(sizeBytes) };
    await this.#store.publish(join(this.#directory, "bytes"), info);
    await this.discard();
    return info;
  }

  async discard(): Promise<void> {
    // What says that bytes are there goes first: a kill in between leaves a draft that has nothing.
    await rm(join(this.#directory, "ranges"), { force: true });
    await rm(this.#directory, { recursive: true, force: true });
    this.#beginAnew();
    this.#store.forget();
  }

  #beginAnew(): void {
    this.#written = new ByteRangeSet();
    this.#durable = new ByteRangeSet();
    this.#sizeBytes = null;
    this.#readBytes = 0;
    this.#hash = new DraftHash(join(this.#directory, "bytes"));
  }

  /** Writes on while what came before is being made durable; in the end all that came is, also when the stream broke. */
  async #receive(file: FileHandle, offset: number, body: Readable): Promise<void> {
    let at = offset;
    let committedTo = offset;
    let committing: Promise<void> = Promise.resolve();
    const write = async (pieces: Buffer[]): Promise<void> => {
      await this.#inTurn(async () => {
        at = await this.#place(file, at, pieces);
      });
      if (at - committedTo < COMMIT_BYTES) return;
      await committing;
      committing = this.#commit(file, committedTo, at);
      committing.catch(() => {}); // heard when it is awaited
      committedTo = at;
    };
    try {
      await writeGathered(body, write);
    } finally {
      await committing;
      await this.#commit(file, committedTo, at);
    }
  }

  /** Writes those bytes of the pieces, which follow one another, that are not there yet. Gives where they end. */
  async #place(file: FileHandle, start: number, pieces: readonly Buffer[]): Promise<number> {
    const end = start + sizeOf(pieces);
    for (const gap of this.#written.missing({ start, end })) {
      await this.#write(file, gap.start, cut(pieces, gap.start - start, gap.end - start));
      this.#written.add(gap);
    }
    return end;
  }

  /** Hashes what is just being written. */
  async #write(file: FileHandle, at: number, pieces: readonly Buffer[]): Promise<void> {
    const writing = writeAll(file, pieces, at);
    this.#hash.offer(at, pieces);
    await writing.catch((error: unknown) => {
      this.#hash = new DraftHash(join(this.#directory, "bytes")); // it has what is not there
      throw error;
    });
  }

  async #commit(file: FileHandle, start: number, end: number): Promise<void> {
    if (start === end) return;
    await file.datasync().catch((error: unknown) => {
      this.#beginAnew(); // after a failed sync nobody knows which bytes are there: only what the ranges say counts
      throw error;
    });
    await this.#append(`[${start}-${end}]`);
    this.#durable.add({ start, end });
    this.#hash.follow(this.#written.contiguousBytes);
  }

  async #append(entry: string): Promise<void> {
    const path = join(this.#directory, "ranges");
    try {
      const file = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o644);
      try {
        await file.writeFile(entry); // all of it or an error: a disk that fills up may take a part
        await file.datasync();
      } finally {
        await file.close();
      }
      if (this.#readBytes === 0) await syncDirectory(this.#directory);
    } catch (error) {
      if (isCode(error, "ENOENT"))
        throw new ObjectMissingError(`The draft of ${this.key} was discarded`, { cause: error });
      throw error;
    }
  }

  /** Takes in what this and other processes have appended since it was last read. */
  #readRanges(): Promise<void> {
    return this.#inTurn(async () => {
      const text = await readFrom(join(this.#directory, "ranges"), this.#readBytes);
      if (text === null) {
        // Finished or discarded by another process, after this one had read of it or had told of bytes itself.
        if (this.#readBytes > 0 || this.#durable.end > 0) this.#beginAnew();
        return;
      }
      for (const [, start, end, sizeBytes] of text.matchAll(ENTRY)) {
        if (sizeBytes !== undefined) this.#sizeBytes ??= Number(sizeBytes);
        if (start === undefined) continue;
        const range = { start: Number(start), end: Number(end) };
        this.#durable.add(range);
        this.#written.add(range);
      }
      // A torn entry at the end may be one that is just being written: it is looked at again.
      const last = text.lastIndexOf("]") + 1;
      this.#readBytes += text.length - last > MAX_ENTRY_BYTES ? text.length : last;
      this.#hash.follow(this.#written.contiguousBytes);
    });
  }

  async #inTurn(step: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(step);
    this.#turn = mine.catch(() => {}); // told to its own caller
    await mine;
  }
}

/**
 * Hands on a stream in pieces of a size that is worth a write, while the next is gathered: sockets give 64 KiB at once. Rejects with the
 * first failure of either, when all that came before a failure of the stream was written.
 */
async function writeGathered(body: Readable, write: (pieces: Buffer[]) => Promise<void>): Promise<void> {
  let gathered: Buffer[] = [];
  let size = 0;
  let writing: Promise<void> = Promise.resolve();
  const hand = async (): Promise<void> => {
    const pieces = gathered;
    [gathered, size] = [[], 0];
    await writing;
    if (pieces.length === 0) return;
    writing = write(pieces);
    writing.catch(() => {}); // heard when it is awaited
  };
  try {
    for await (const chunk of body) {
      const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
      gathered.push(bytes);
      size += bytes.length;
      if (size >= WRITE_BYTES) await hand();
    }
  } finally {
    await hand();
    await writing;
  }
}

function sizeOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((size, { length }) => size + length, 0);
}

/** The part from `start` to `end` of what the pieces hold one after another. */
function cut(pieces: readonly Buffer[], start: number, end: number): Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (const piece of pieces) {
    const part = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
    if (part.length > 0) parts.push(part);
    at += piece.length;
  }
  return parts;
}

/** As they lie in memory: gathering gigabytes into new memory costs more than to write them. */
async function writeAll(file: FileHandle, pieces: readonly Buffer[], start: number): Promise<void> {
  const size = sizeOf(pieces);
  for (let done = 0; done < size; ) {
    const { bytesWritten } = await file.writev(cut(pieces, done, size), start + done);
    done += bytesWritten;
  }
}

/** All that comes after a position of a file of ASCII, or null when there is no file. */
async function readFrom(path: string, position: number): Promise<string | null> {
  try {
    const file = await open(path, constants.O_RDONLY);
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(Math.max(0, size - position));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, position);
      return bytes.toString("latin1", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
}
