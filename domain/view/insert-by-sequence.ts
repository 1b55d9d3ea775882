/** Puts an entry into its place; what arrives in order costs one look. */
export function insertBySequence<T extends { sequence: number }>(list: T[], entry: T): void {
  const newest = list[list.length - 1];
  if (newest === undefined || newest.sequence <= entry.sequence) list.push(entry);
  else list.splice(placeOf(list, entry.sequence), 0, entry);
}

/** How many entries have this number or a lower one. */
export function placeOf(list: readonly { sequence: number }[], sequence: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as { sequence: number }).sequence <= sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
