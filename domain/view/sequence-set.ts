/**
 * Which sequence numbers of a view have been folded: sorted, disjoint, inclusive ranges `[first, last]`.
 * A healthy view is one range however long it is; every gap (sampling, size limits, a batch on its way) adds one.
 */
export type SequenceSet = [first: number, last: number][];

/** Nobody but a hostile client leaves this many gaps; each costs memory and a part of every checkpoint. */
const MAX_RANGES = 10_000;

/** Adds a number. False when it was there already: the event is a repeat. */
export function addSequence(set: SequenceSet, sequence: number): boolean {
  const at = rangesUpTo(set, sequence);
  const before = set[at - 1];
  if (before !== undefined && sequence <= before[1]) return false;

  const after = set[at];
  const touchesBefore = before !== undefined && before[1] === sequence - 1;
  const touchesAfter = after !== undefined && after[0] === sequence + 1;
  if (touchesBefore && touchesAfter) {
    before[1] = after[1];
    set.splice(at, 1);
  } else if (touchesBefore) before[1] = sequence;
  else if (touchesAfter) after[0] = sequence;
  else set.splice(at, 0, [sequence, sequence]);
  if (set.length > MAX_RANGES) closeLowestGap(set);
  return true;
}

/** How many ranges begin at or below a number. */
function rangesUpTo(set: SequenceSet, sequence: number): number {
  let [low, high] = [0, set.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((set[middle] as [number, number])[0] <= sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is missing there is taken to have come: if it still does, it counts as a repeat. */
function closeLowestGap(set: SequenceSet): void {
  const [lowest, next] = set as [[number, number], [number, number]];
  lowest[1] = next[1];
  set.splice(1, 1);
}

export function countSequences(set: SequenceSet): number {
  return set.reduce((count, [first, last]) => count + last - first + 1, 0);
}
