import type { FinalViews } from "./final-views.ts";
import { ENTRY_BYTES } from "./hour-of-finals.ts";
import { MAX_AGE } from "./saved-views.ts";

/** Entries of one record: 640 kB, a broker takes 1 MB. */
const MAX_ENTRIES = 40_000;

interface SavedHour {
  /** Number of the checkpoint that wrote the first part. */
  writtenBy: number;
  /** Records that hold the hour's entries, in their order. */
  parts: [key: string, count: number][];
}

/**
 * Which records of a checkpoint hold the final views: an hour grows by a record a checkpoint, and is written anew in as few
 * as it fits when the first of them is old.
 */
export class SavedFinals {
  readonly #hours = new Map<number, SavedHour>();
  /** New records, for the checkpoint that made this. */
  readonly written: { key: string; value: Buffer }[] = [];

  static from(list: ReturnType<SavedFinals["list"]>): SavedFinals {
    const saved = new SavedFinals();
    for (const [hour, writtenBy, parts] of list) saved.#hours.set(hour, { writtenBy, parts });
    return saved;
  }

  list(): [hour: number, writtenBy: number, parts: [key: string, count: number][]][] {
    return [...this.#hours].map(([hour, { writtenBy, parts }]) => [hour, writtenBy, parts]);
  }

  /** What checkpoint number `checkpoint` holds; this stays as it is. */
  next(finals: FinalViews, checkpoint: number, newKey: () => string): SavedFinals {
    const next = new SavedFinals();
    for (const hour of finals.hours.keys()) {
      const known = this.#hours.get(hour);
      const isKept = known !== undefined && checkpoint - known.writtenBy < MAX_AGE;
      const saved = isKept ? known : { writtenBy: checkpoint, parts: [] };
      const parts = [...saved.parts, ...next.#write(finals, hour, countOf(saved), newKey)];
      next.#hours.set(hour, { writtenBy: saved.writtenBy, parts });
    }
    return next;
  }

  #write(finals: FinalViews, hour: number, from: number, newKey: () => string): SavedHour["parts"] {
    const entries = finals.hourAt(hour);
    const parts: SavedHour["parts"] = [];
    for (let at = from; at < entries.size; at += MAX_ENTRIES) {
      const to = Math.min(entries.size, at + MAX_ENTRIES);
      const key = newKey();
      this.written.push({ key, value: entries.bytes(at, to) });
      parts.push([key, to - at]);
    }
    return parts;
  }

  /** Whether all records are there and as long as they should be. */
  areIn(records: ReadonlyMap<string, Buffer>): boolean {
    return [...this.#hours.values()].every(({ parts }) =>
      parts.every(([key, count]) => records.get(key)?.length === count * ENTRY_BYTES),
    );
  }

  restore(records: ReadonlyMap<string, Buffer>, finals: FinalViews): void {
    for (const [hour, { parts }] of this.#hours) {
      for (const [key] of parts) finals.hourAt(hour).load(records.get(key) ?? Buffer.alloc(0));
    }
  }
}

function countOf({ parts }: SavedHour): number {
  return parts.reduce((sum, [, count]) => sum + count, 0);
}
