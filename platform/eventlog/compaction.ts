import type { LogRecord } from "./eventlog.ts";

interface Latest {
  base: number;
  isMarker: boolean;
}

/** Which segments of a compacted topic still hold the newest record of some key. Keys are per partition. */
export class CompactionIndex {
  readonly #latest = new Map<string, Latest>();
  readonly #live = new Map<number, number>();
  readonly #markers = new Map<number, number>();

  /** Records in log order; `base` is the segment that holds it. */
  add(record: LogRecord, base: number): void {
    const key = `${record.partition}/${record.key}`;
    const previous = this.#latest.get(key);
    if (previous !== undefined) count(previous.isMarker ? this.#markers : this.#live, previous.base, -1);
    const isMarker = record.value.length === 0;
    this.#latest.set(key, { base, isMarker });
    count(isMarker ? this.#markers : this.#live, base, 1);
  }

  /**
   * Of these segments (oldest first, without the one being written), those that can go. A delete marker is needed as
   * long as an older segment may hold what it deletes; in the oldest segment it deletes nothing any more.
   */
  obsolete(bases: readonly number[]): number[] {
    const gone: number[] = [];
    for (const [index, base] of bases.entries()) {
      const isOldest = gone.length === index;
      const hasLive = (this.#live.get(base) ?? 0) > 0;
      const hasMarkers = (this.#markers.get(base) ?? 0) > 0;
      if (!hasLive && (isOldest || !hasMarkers)) gone.push(base);
    }
    return gone;
  }

  /** Forgets the delete markers of a deleted segment. */
  forget(base: number): void {
    for (const [key, latest] of this.#latest) if (latest.base === base) this.#latest.delete(key);
    this.#live.delete(base);
    this.#markers.delete(base);
  }
}

function count(counts: Map<number, number>, base: number, by: number): void {
  counts.set(base, (counts.get(base) ?? 0) + by);
}
