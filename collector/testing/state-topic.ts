import type { LogRecord, StoredRecord } from "../../platform/eventlog/eventlog.ts";

/** One partition of a compacted topic, in memory: what a crash leaves of it, and what compaction may remove. */
export class StateTopic {
  #records: LogRecord[] = [];

  get records(): readonly LogRecord[] {
    return this.#records;
  }

  /** Appends records in order; of those that a crash cuts off only the first ones come to be there. */
  append(records: readonly LogRecord[], count = records.length): void {
    this.#records.push(...records.slice(0, count));
  }

  /** Removes records that have a newer one of their key, or only some of them; delete markers go when nothing is left. */
  compact(isRemoved: (at: number) => boolean): void {
    const newest = new Map(this.#records.map(({ key }, at) => [key, at]));
    const kept = this.#records.filter(({ key }, at) => newest.get(key) === at || !isRemoved(at));
    const counts = new Map<string, number>();
    for (const { key } of kept) counts.set(key, (counts.get(key) ?? 0) + 1);
    this.#records = kept.filter(({ key, value }, at) => value.length > 0 || counts.get(key) !== 1 || !isRemoved(at));
  }

  async *read(): AsyncIterable<StoredRecord> {
    for (const [at, record] of this.#records.entries()) yield { ...record, offset: at, nextOffset: at + 1 };
  }
}
