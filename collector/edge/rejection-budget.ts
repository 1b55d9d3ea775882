import { Lru } from "../../platform/memory/lru.ts";

/** What a network may send that is rejected: about 16 full bodies, or 2,000 of the usual size, at once … */
const BURST_BYTES = 16 * 1_048_576;
/** … and about 100 of the usual size a second for ever: a tenth of a percent of a core's parsing. */
const BYTES_PER_MS = 1_048_576 / 1_000;
/** The least that a rejected request costs: its answer and its counting. */
const REQUEST_BYTES = 4_096;
/** About 150 bytes each; only networks that had something rejected. */
const MAX_NETWORKS = 20_000;

interface Debt {
  bytes: number;
  atMs: number;
}

/**
 * How much work each network has caused that led to nothing. Beyond its budget its requests are read to their end but not
 * unpacked and parsed, so that one sender's garbage does not slow the others. What is taken of a network's requests pays
 * its debt back: behind a large proxy, where good and bad viewers have one address, nothing is limited as long as most is good.
 */
export class RejectionBudget {
  readonly #debts = new Lru<Debt>({ maxWeight: MAX_NETWORKS });

  isSpent(network: string, elapsedMs: number): boolean {
    const debt = this.#debts.get(network);
    return debt !== undefined && remaining(debt, elapsedMs) >= BURST_BYTES;
  }

  /**
   * Notes what became of a request.
   *
   * @param sizeBytes of the body, unpacked
   * @param rejectedRatio share of its events that were rejected, 0..1
   */
  note(network: string, sizeBytes: number, rejectedRatio: number, elapsedMs: number): void {
    const debt = this.#debts.get(network);
    if (debt === undefined && rejectedRatio === 0) return; // nearly everybody
    const cost = (sizeBytes + REQUEST_BYTES) * (2 * rejectedRatio - 1);
    const bytes = Math.min(BURST_BYTES * 2, (debt === undefined ? 0 : remaining(debt, elapsedMs)) + cost);
    if (bytes > 0) this.#debts.set(network, { bytes, atMs: elapsedMs });
    else this.#debts.delete(network);
  }
}

function remaining({ bytes, atMs }: Debt, elapsedMs: number): number {
  return Math.max(0, bytes - Math.max(0, elapsedMs - atMs) * BYTES_PER_MS);
}
