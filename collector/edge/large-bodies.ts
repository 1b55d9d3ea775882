/** Bodies beyond this are large: players send at most 300 events, about 100 kB. */
export const LARGE_BODY_BYTES = 262_144;
/** Large bodies that one network may have under way at once; each may grow to 4 MiB, packed to a thousandth of that. */
const MAX_OF_NETWORK = 8;

/** Counts large bodies in memory, so that no sender fills it with many connections at once. */
export class LargeBodies {
  readonly #underWay = new Map<string, number>(); // seldom anybody

  /** False when the network has too many already; otherwise `give` is owed. */
  take(network: string): boolean {
    const count = this.#underWay.get(network) ?? 0;
    if (count >= MAX_OF_NETWORK) return false;
    this.#underWay.set(network, count + 1);
    return true;
  }

  give(network: string): void {
    const count = (this.#underWay.get(network) ?? 0) - 1;
    if (count > 0) this.#underWay.set(network, count);
    else this.#underWay.delete(network);
  }
}
