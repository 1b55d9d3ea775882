import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { StoredRecord } from "./eventlog.ts";
import { readChunk } from "./frame-scanner.ts";
import { isCode, listSegments, type Segment } from "./segment-files.ts";

/** Bytes [from, to) that a reader cannot get: `expired` ones were deleted, the others should be there. */
export interface LostBytes {
  reason: "damaged" | "missing" | "expired";
  from: number;
  to: number;
}

export interface LogChunk {
  records: StoredRecord[];
  /** Where reading goes on; the asked position when there is nothing behind it yet. */
  next: number;
  lost: LostBytes | null;
}

/** Reads the records of all partitions of a topic in the order they were written, while segments come and go. */
export class SegmentReader {
  readonly #directory: string;
  readonly #compacted: boolean;
  #segments: Segment[] = [];
  #open: { base: number; handle: FileHandle } | null = null;

  constructor(directory: string, compacted: boolean) {
    this.#directory = directory;
    this.#compacted = compacted;
  }

  /** Reads about a megabyte from `position`, never beyond `limit`. */
  async read(position: number, limit: number): Promise<LogChunk> {
    for (;;) {
      const chunk = await this.#readKnown(position, limit);
      // Without progress, or with a loss, look again before believing it: segments may have come or gone.
      if (chunk.next > position && chunk.lost === null) return chunk;
      if (!(await this.#refresh())) return chunk;
    }
  }

  async close(): Promise<void> {
    await this.#open?.handle.close();
    this.#open = null;
  }

  async #readKnown(position: number, limit: number): Promise<LogChunk> {
    const index = this.#segments.findLastIndex((segment) => segment.base <= position);
    const segment = this.#segments[index];
    const following = this.#segments[index + 1]?.base;
    if (segment === undefined) return this.#skip("expired", position, following);
    const handle = await this.#handleOf(segment);
    if (handle === null) return this.#skip("expired", position, undefined);
    const end = Math.min(limit, following ?? limit);
    const { records, next, damage } = await readChunk({ handle, base: segment.base, limit: end }, position);
    if (damage !== null) return { records, next, lost: { reason: "damaged", ...damage } };
    return next > position ? { records, next, lost: null } : this.#skip("missing", position, following);
  }

  /** In a compacted topic holes are normal: what was deleted there has a newer record elsewhere. */
  #skip(reason: LostBytes["reason"], from: number, to: number | undefined): LogChunk {
    if (to === undefined) return { records: [], next: from, lost: null };
    return { records: [], next: to, lost: this.#compacted ? null : { reason, from, to } };
  }

  async #handleOf(segment: Segment): Promise<FileHandle | null> {
    if (this.#open?.base === segment.base) return this.#open.handle;
    await this.close();
    try {
      this.#open = { base: segment.base, handle: await open(segment.path, constants.O_RDONLY) };
      return this.#open.handle;
    } catch (error) {
      if (isCode(error, "ENOENT")) return null;
      throw error;
    }
  }

  /** True when the list of segments has changed. */
  async #refresh(): Promise<boolean> {
    const segments = await listSegments(this.#directory);
    const known = this.#segments;
    const changed = segments.length !== known.length || segments.some(({ base }, at) => base !== known[at]?.base);
    this.#segments = segments;
    return changed;
  }
}
