import type { LogRecord } from "./eventlog.ts";

interface Latest {
  base: number;
  /** No segment before this one holds a record of the key. */
  sinceBase: number;
  isMarker: boolean;
}

/** Which segments of a compacted topic still hold the newest record of some key. Keys are per partition. */
export class CompactionIndex {
  readonly #latest = new Map<string, Latest>();
  /** Newest records that delete nothing, by segment. */
  readonly #live = new Map<number, number>();

  /** Records in log order; `base` is the segment that holds it. */
  add(record: LogRecord, base: number): void {
    const key = `${record.partition}/${record.key}`;
    const previous = this.#latest.get(key);
    if (previous !== undefined && !previous.isMarker) this.#count(previous.base, -1);
    const isMarker = record.value.length === 0;
    this.#latest.set(key, { base, sinceBase: previous?.sinceBase ?? base, isMarker });
    if (!isMarker) this.#count(base, 1);
  }

  /**
   * Of these segments (oldest first, without the one being written), those that can go. A delete marker is needed as
   * long as an older segment may hold what it deletes, and no longer: one key that is never written again must not keep
   * all segments behind it.
   */
  obsolete(bases: readonly number[]): number[] {
    const deletedSince = this.#deletedSince();
    const kept: number[] = [];
    for (const base of bases) {
      const since = deletedSince.get(base) ?? base;
      const isNeeded = (this.#live.get(base) ?? 0) > 0 || kept.some((older) => older >= since);
      if (isNeeded) kept.push(base);
    }
    return bases.filter((base) => !kept.includes(base));
  }

  /** Forgets the delete markers of a deleted segment. */
  forget(base: number): void {
    for (const [key, latest] of this.#latest) if (latest.base === base) this.#latest.delete(key);
    this.#live.delete(base);
  }

  /** By segment with delete markers: where the oldest record may stand that one of them deletes. */
  #deletedSince(): Map<number, number> {
    const oldest = new Map<number, number>();
    for (const { base, sinceBase, isMarker } of this.#latest.values()) {
      if (isMarker) oldest.set(base, Math.min(sinceBase, oldest.get(base) ?? sinceBase));
    }
    return oldest;
  }

  #count(base: number, by: number): void {
    this.#live.set(base, (this.#live.get(base) ?? 0) + by);
  }
}
