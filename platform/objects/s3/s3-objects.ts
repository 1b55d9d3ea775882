import { createHash, randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  type ByteRange,
  ObjectDamagedError,
  type ObjectDraft,
  type ObjectInfo,
  ObjectMissingError,
  type PutOptions,
  type ResumableObjects,
} from "../objects.ts";
import { Workspace } from "../workspace.ts";
import { draftPrefix, isObjectKey, largePrefix, requireKey, requirePrefix } from "./bucket-keys.ts";
import { inParallel } from "./in-parallel.ts";
import { placeOf, recordOf } from "./object-record.ts";
import { reapBucket } from "./reap-bucket.ts";
import type { S3Bucket } from "./s3-bucket.ts";
import { S3Draft } from "./s3-draft.ts";
import { readObject } from "./s3-reader.ts";
import { writeObject } from "./s3-writer.ts";

/** S3 refuses parts below 5 MiB but the last. A put holds two in memory, a draft's write three. */
const PART_BYTES = 8 * 1_048_576;
/** Drafts whose half-made hash is kept in memory; of others it is made again from their bytes. */
const MAX_OPEN_DRAFTS = 1_000;

export interface S3ObjectsOptions {
  bucket: S3Bucket;
  /** Folder for local copies; any number of processes may use it. */
  scratch: string;
  partBytes?: number;
}

/** Objects in a bucket; any number of machines may use it. */
export function openS3Objects(options: S3ObjectsOptions): ResumableObjects {
  return new S3Objects(options);
}

class S3Objects implements ResumableObjects {
  readonly #bucket: S3Bucket;
  readonly #scratch: string;
  readonly #partBytes: number;
  readonly #drafts = new Map<string, S3Draft>();
  #work: Promise<Workspace> | null = null;

  constructor({ bucket, scratch, partBytes = PART_BYTES }: S3ObjectsOptions) {
    this.#bucket = bucket;
    this.#scratch = resolve(scratch);
    this.#partBytes = partBytes;
  }

  async put(key: string, body: Readable | Buffer, expected: PutOptions = {}): Promise<ObjectInfo> {
    return writeObject(this.#bucket, requireKey(key), body, { expected, partBytes: this.#partBytes });
  }

  async head(key: string): Promise<ObjectInfo | null> {
    const stored = await this.#bucket.head(requireKey(key));
    return stored === null ? null : recordOf(key, stored).info;
  }

  async read(key: string, range?: ByteRange): Promise<{ info: ObjectInfo; body: Readable } | null> {
    return readObject(this.#bucket, requireKey(key), range);
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    for await (const keys of this.#keyPages(prefix)) {
      const infos = await inParallel(keys, (key) => this.head(key));
      for (const info of infos) if (info !== null) yield info;
    }
  }

  async *listKeys(prefix: string): AsyncIterable<string> {
    for await (const keys of this.#keyPages(prefix)) yield* keys;
  }

  async delete(key: string): Promise<void> {
    const stored = await this.#bucket.head(requireKey(key));
    if (stored === null) return;
    await this.#bucket.delete(key);
    if (stored.metadata["large"] !== undefined) await this.#bucket.delete(placeOf(recordOf(key, stored)));
  }

  /** Also what is there without an object, such as an upload that is not complete. */
  async deleteAll(prefix: string, signal?: AbortSignal): Promise<void> {
    for await (const { key, uploadId } of this.#bucket.listUploads(largePrefix(requirePrefix(prefix))))
      await this.#bucket.abortUpload(key, uploadId);
    for (const place of [prefix, largePrefix(prefix)]) {
      for await (const page of this.#bucket.list(place)) {
        signal?.throwIfAborted();
        const own = place === prefix ? page.filter(({ key }) => isObjectKey(key)) : page;
        await inParallel(own, ({ key }) => this.#bucket.delete(key));
      }
    }
  }

  async localCopy<T>(key: string, use: (path: string) => Promise<T>): Promise<T> {
    const found = await this.read(key);
    if (found === null) throw new ObjectMissingError(`There is no object ${key}`);
    const path = await this.#copyPath().catch((error: unknown) => {
      found.body.destroy();
      throw error;
    });
    try {
      const hash = createHash("sha256");
      const hashing = new Transform({
        transform: (chunk, _, done) => {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      await pipeline(found.body, hashing, createWriteStream(path, { flags: "wx" }));
      if (hash.digest("hex") !== found.info.sha256)
        throw new ObjectDamagedError(`${key} does not have the SHA-256 of its record`);
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  openDraft(key: string, draftId: string): ObjectDraft {
    const prefix = draftPrefix(draftId);
    const draft =
      this.#drafts.get(draftId) ??
      new S3Draft({
        bucket: this.#bucket,
        prefix,
        key: requireKey(key),
        leastPartBytes: this.#partBytes,
        head: () => this.head(key),
        forget: () => this.#drafts.delete(draftId),
      });
    if (draft.key !== key) throw new RangeError(`draft ${draftId} is one of ${draft.key}, not of ${key}`);
    this.#drafts.delete(draftId);
    this.#drafts.set(draftId, draft); // the map's order is that of last use
    const oldest = [...this.#drafts.keys()].slice(0, Math.max(0, this.#drafts.size - MAX_OPEN_DRAFTS));
    for (const id of oldest) if (this.#drafts.get(id)?.isIdle) this.#drafts.delete(id);
    return draft;
  }

  reap(before: Date): Promise<number> {
    return reapBucket(this.#bucket, before.getTime());
  }

  async *#keyPages(prefix: string): AsyncGenerator<readonly string[]> {
    for await (const page of this.#bucket.list(requirePrefix(prefix)))
      yield page.map(({ key }) => key).filter(isObjectKey);
  }

  async #copyPath(): Promise<string> {
    this.#work ??= Workspace.open(this.#scratch);
    return (await this.#work).path(`${randomBytes(8).toString("hex")}.copy`);
  }
}
