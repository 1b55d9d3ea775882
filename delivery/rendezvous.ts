import { fnv1a } from "../domain/messages/partition.ts";

/**
 * Targets in the order in which they are responsible for a key: the same for everybody who asks, and a target that comes or
 * goes moves only its own keys (highest random weight hashing, Thaler and Ravishankar 1998).
 */
export function byResponsibility(targets: readonly string[], key: string): string[] {
  return targets
    .map((target) => ({ target, weight: mix(fnv1a(`${target} ${key}`)) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ target }) => target);
}

/** Finisher of MurmurHash3: FNV alone orders targets alike for keys that end alike. */
function mix(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
