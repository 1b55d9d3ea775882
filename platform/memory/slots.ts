/**
 * Things that come and go thousands of times a second, such as requests in flight: an array whose free places are used again.
 *
 * A Map or Set would keep them alive long after they were deleted. Each time it has been filled and emptied V8 makes it a new
 * table, and the old one still points to what was in it and to the new one; once one of them has grown old, the whole chain
 * of tables behind it survives every small collection. With requests as its members, that cost the edge a quarter of its
 * processor time.
 */
export class Slots<T extends object> implements Iterable<T> {
  readonly #members: (T | null)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#members.length - this.#free.length;
  }

  /** Where it is, for `remove`. */
  add(member: T): number {
    const slot = this.#free.pop() ?? this.#members.length;
    this.#members[slot] = member;
    return slot;
  }

  /** Does nothing when it is no longer there: its place may be another's by now. */
  remove(slot: number, member: T): void {
    if (this.#members[slot] !== member) return;
    this.#members[slot] = null;
    this.#free.push(slot);
  }

  /** In no order; those that come or go meanwhile may be seen or not. */
  *[Symbol.iterator](): Iterator<T> {
    for (const member of this.#members) if (member !== null) yield member;
  }
}
