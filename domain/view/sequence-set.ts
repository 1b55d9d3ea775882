/**
 * Which sequence numbers of a view have been folded: sorted, disjoint, inclusive ranges `[first, last]`.
 * A healthy view is one range however long it is; every gap (sampling, size limits, a batch on its way) adds one.
 */
export type SequenceSet = [first: number, last: number][];

/** Adds a number. False when it was there already: the event is a repeat. */
export function addSequence(set: SequenceSet, sequence: number): boolean {
  let at = set.length;
  while (at > 0 && (set[at - 1] as [number, number])[0] > sequence) at -= 1; // arrivals are nearly sorted: from the end
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
  return true;
}

export function countSequences(set: SequenceSet): number {
  return set.reduce((count, [first, last]) => count + last - first + 1, 0);
}
