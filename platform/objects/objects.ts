import type { Readable } from "node:stream";

/** Stored object, as recorded when it was written. */
export interface ObjectInfo {
  key: string;
  sizeBytes: number;
  /** SHA-256 of the whole object, lower-case hex. */
  sha256: string;
}

/** Bytes [start, end), zero-based, end exclusive. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface PutOptions {
  /** Expected of the whole stream. */
  sizeBytes?: number;
  /** Expected of it, lower-case hex. */
  sha256?: string;
  /**
   * It can be made again, and whoever reads it checks its hash: after power loss it may be missing or damaged. Nobody waits for
   * the disk then, nor for the names of new folders: what has to survive lies in others.
   */
  canBeRemade?: boolean;
}

/**
 * Object store: a folder here, S3-compatible elsewhere. Keys are `/`-separated; each part matches `[A-Za-z0-9._-]+` and
 * is neither `.` nor `..`.
 */
export interface Objects {
  /**
   * Stores the whole stream or nothing: readers see the old object or the new one, never a part, and a resolved put
   * survives power loss. Rejects, leaving nothing behind, when the stream fails, or with {@link ObjectMismatchError}
   * when it is not what the options expect.
   */
  put(key: string, body: Readable | Buffer, options?: PutOptions): Promise<ObjectInfo>;
  /** Null when there is none. */
  head(key: string): Promise<ObjectInfo | null>;
  /** Null when there is none. The length is checked against the record: a short object is an error, never a short read. */
  read(key: string, range?: ByteRange): Promise<{ info: ObjectInfo; body: Readable } | null>;
  /** What is stored under a prefix that ends in `/` (or all, with ""), in byte order of keys. Asks a bucket for each alone. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /** Their keys, of which a bucket tells a thousand at once. */
  listKeys(prefix: string): AsyncIterable<string>;
  /** Deleting what is not there is fine. */
  delete(key: string): Promise<void>;
  /** Deletes whatever is under a prefix that ends in `/`. Stops, leaving the rest, with the signal's reason. */
  deleteAll(prefix: string, signal?: AbortSignal): Promise<void>;
  /**
   * A path on this machine that holds the object while `use` runs (the folder's own file, or a temporary copy); not to be
   * written to. Rejects with {@link ObjectMissingError} when there is no object.
   */
  localCopy<T>(key: string, use: (path: string) => Promise<T>): Promise<T>;
}

/** A store in which an object may arrive in pieces, over many requests and processes. */
export interface ResumableObjects extends Objects {
  /**
   * The draft of one object, known by an id (a key part) that the caller chooses and never gives to another object. Nothing is
   * made before the first write.
   */
  openDraft(key: string, draftId: string): ObjectDraft;
  /**
   * Removes what nobody finished or discarded: drafts last touched before a time, and whatever else was begun before it and
   * became no object. Gives how many. The time lies further back than a draft may live.
   */
  reap(before: Date): Promise<number>;
}

export interface ReceivedBytes {
  /** In order; they neither overlap nor touch. */
  ranges: readonly ByteRange[];
  /** From the first byte on, without a gap. */
  contiguousBytes: number;
  /** As announced; null while nobody did. */
  sizeBytes: number | null;
}

/**
 * An object that is not there yet. What arrived survives the process and power loss. Bytes are never written twice: what is
 * sent again is skipped, so it has to be the same.
 */
export interface ObjectDraft {
  /**
   * Stores the stream's bytes from `offset` on; resolves when they are durable. Writes may overlap and run at once, here and in
   * other processes. When the stream or the disk fails, what came before is kept, and the failure rejects; rejects with
   * {@link ObjectMissingError} when the draft is discarded meanwhile, with {@link DraftTooLongError} beyond what the store can take.
   */
  write(offset: number, body: Readable): Promise<void>;
  received(): Promise<ReceivedBytes>;
  /**
   * Says how long the whole will be. Rejects with {@link ObjectMismatchError} when that was said before and was another, with
   * {@link DraftTooLongError} when too many bytes came before anybody said so.
   */
  announce(sizeBytes: number): Promise<void>;
  /**
   * Makes the object, without moving a byte, and ends the draft. The hash was made while the bytes came in order; only the
   * rest of it is made here. Rejects with {@link DraftIncompleteError} when bytes are missing, with
   * {@link ObjectMismatchError} when there are more. May be called again after a crash, also when it had succeeded.
   */
  finish(whole: { sizeBytes: number }): Promise<ObjectInfo>;
  /** Forgets it with all bytes; an object made from it stays. */
  discard(): Promise<void>;
}

/** Bytes are missing; the draft is unchanged. */
export class DraftIncompleteError extends Error {
  override readonly name = "DraftIncompleteError";
}

/** More than the store can take of a whole whose length was not announced before its bytes came; what came is kept. */
export class DraftTooLongError extends Error {
  override readonly name = "DraftTooLongError";
}

/** The stored bytes do not match their record: never served, always reported. */
export class ObjectDamagedError extends Error {
  override readonly name = "ObjectDamagedError";
}

/** The stream that was to be stored is not what the caller expected; nothing was stored. */
export class ObjectMismatchError extends Error {
  override readonly name = "ObjectMismatchError";
}

/**
 * The store does not answer, or cannot take more just now, and went on so through the driver's own tries: nothing is known of
 * the object. The same call may succeed later.
 */
export class ObjectsUnavailableError extends Error {
  override readonly name = "ObjectsUnavailableError";
}

/** A path was asked for an object that does not exist. */
export class ObjectMissingError extends Error {
  override readonly name = "ObjectMissingError";
}
