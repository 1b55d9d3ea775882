/** Puts an entry into its place; what arrives in order costs one look. */
export function insertBySequence<T extends { sequence: number }>(list: T[], entry: T): void {
  let at = list.length;
  while (at > 0 && (list[at - 1] as T).sequence > entry.sequence) at -= 1;
  if (at === list.length) list.push(entry);
  else list.splice(at, 0, entry);
}
