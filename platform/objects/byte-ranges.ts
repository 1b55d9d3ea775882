import type { ByteRange } from "./objects.ts";

/** Which bytes are there: ranges in order that neither overlap nor touch. */
export class ByteRangeSet {
  #ranges: ByteRange[] = [];

  get ranges(): readonly ByteRange[] {
    return this.#ranges;
  }

  /** How many bytes there are from the first on, without a gap. */
  get contiguousBytes(): number {
    const first = this.#ranges[0];
    return first?.start === 0 ? first.end : 0;
  }

  /** Where the last byte ends; 0 without any. */
  get end(): number {
    return this.#ranges.at(-1)?.end ?? 0;
  }

  add({ start, end }: ByteRange): void {
    if (start >= end) return;
    const before = this.#ranges.filter((range) => range.end < start);
    const after = this.#ranges.filter((range) => range.start > end);
    const touched = this.#ranges.slice(before.length, this.#ranges.length - after.length);
    const merged = {
      start: Math.min(start, touched[0]?.start ?? start),
      end: Math.max(end, touched.at(-1)?.end ?? end),
    };
    this.#ranges = [...before, merged, ...after];
  }

  /** The parts of a range that are not there yet, in order. */
  missing({ start, end }: ByteRange): ByteRange[] {
    const gaps: ByteRange[] = [];
    let at = start;
    for (const range of this.#ranges) {
      if (range.end <= at) continue;
      if (range.start >= end) break;
      if (range.start > at) gaps.push({ start: at, end: range.start });
      at = range.end;
    }
    if (at < end) gaps.push({ start: at, end });
    return gaps;
  }
}
