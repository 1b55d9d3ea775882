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

/**
 * Object store: a folder here, S3-compatible elsewhere. Keys are `/`-separated; each part matches `[A-Za-z0-9._-]+` and
 * is neither `.` nor `..`.
 */
export interface Objects {
  /**
   * Stores the whole stream or nothing: readers see the old object or the new one, never a part, and a resolved put
   * survives power loss. Rejects, leaving nothing behind, when the stream fails, or with {@link ObjectMismatchError}
   * when it does not match `expected`.
   */
  put(key: string, body: Readable | Buffer, expected?: { sizeBytes?: number; sha256?: string }): Promise<ObjectInfo>;
  /** Null when there is none. */
  head(key: string): Promise<ObjectInfo | null>;
  /** Null when there is none. The length is checked against the record: a short object is an error, never a short read. */
  read(key: string, range?: ByteRange): Promise<{ info: ObjectInfo; body: Readable } | null>;
  /** Keys under a prefix that ends in `/` (or all, with ""), in byte order. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /** Deleting what is not there is fine. */
  delete(key: string): Promise<void>;
  /**
   * A path on this machine that holds the object while `use` runs (the folder's own file, or a temporary copy); not to be
   * written to. Rejects with {@link ObjectMissingError} when there is no object.
   */
  localCopy<T>(key: string, use: (path: string) => Promise<T>): Promise<T>;
}

/** The stored bytes do not match their record: never served, always reported. */
export class ObjectDamagedError extends Error {
  override readonly name = "ObjectDamagedError";
}

/** The stream that was to be stored is not what the caller expected; nothing was stored. */
export class ObjectMismatchError extends Error {
  override readonly name = "ObjectMismatchError";
}

/** A path was asked for an object that does not exist. */
export class ObjectMissingError extends Error {
  override readonly name = "ObjectMissingError";
}
