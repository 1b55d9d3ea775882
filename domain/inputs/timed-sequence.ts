/** How many kinds of events one slot of time holds; the kind is the place in it. */
export const RANKS = 16;

/** As many as fit below 2^32, the end of the `UInt32` columns. */
const SLOTS = 2 ** 32 / RANKS;

/**
 * For events of a player, in milliseconds. Short, because a seek within the buffer takes 10 ms and must not end before it
 * begins; not shorter, because numbers start again every 15.5 days: a view of an hour meets that once in 370.
 */
export const EVENT_SLOT_MS = 5;

/**
 * A sequence number for an event of a format that numbers none: the slot of time it lies in, then its rank there. A report
 * that comes again gets the same number, and numbers follow time. Bounds: of one rank the first event in a slot is kept;
 * within a slot ranks decide the order; after 2^28 slots numbers start again at 0, and a view that is open at that moment
 * has its later events sorted before its earlier ones.
 *
 * @param atMs Unix milliseconds, not negative
 * @param rank 0 … RANKS − 1
 */
export function timedSequence(atMs: number, rank: number, slotMs: number): number {
  return (Math.floor(atMs / slotMs) % SLOTS) * RANKS + rank;
}
