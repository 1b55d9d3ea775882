import { fnv1a } from "../messages/partition.ts";
import type { CmcdValue } from "./cmcd-report.ts";
import { EVENT_SLOT_MS, timedSequence } from "./timed-sequence.ts";

/** Room for what one report amounts to. */
const EVENTS_PER_REPORT = 32;
/**
 * Responses are many and change no state, so they are numbered for themselves, without gaps, below all others: a view
 * remembers ranges of numbers, and fields belong to the highest.
 */
const FIRST_OF_OTHERS = 2 ** 31;
const MAX_NUMBER = FIRST_OF_OTHERS / EVENTS_PER_REPORT - 1;

/**
 * Reports without a number are placed by their time. First rank of each kind, and of all others; where one slot may hold
 * several, they are told apart by hash.
 */
const FIRST_RANKS: ReadonlyMap<string, number> = new Map([
  ["ps", 0],
  ["t", 4],
  ["bc", 8],
  ["e", 9],
]);
const OTHERS = { first: 10, count: 2 };
const RESPONSES = { first: 12, count: 4 };

/** What a report is known by. */
interface Reported {
  sn: CmcdValue | undefined;
  kind: string;
  text: string;
  atMs: number;
}

/**
 * Gives the events of one CMCD report their sequence numbers: by its own number (`sn`), which a player counts up for each
 * session and target, else by its time.
 */
export class EventNumbers {
  readonly #reported: Reported;
  readonly #number: number | undefined;

  private constructor(reported: Reported, number: number | undefined) {
    this.#reported = reported;
    this.#number = number;
  }

  /** Null where `sn` is no number that a player can have come to. */
  static of(reported: Reported): EventNumbers | null {
    const { sn } = reported;
    if (sn === undefined) return new EventNumbers(reported, undefined);
    const known = typeof sn === "number" && Number.isInteger(sn) && sn >= 0 && sn <= MAX_NUMBER;
    return known ? new EventNumbers(reported, sn) : null;
  }

  response(): number {
    if (this.#number !== undefined) return this.#number;
    return this.#timed(RESPONSES.first + this.#hash(RESPONSES.count));
  }

  /** Of the report's event at `index`. */
  at(index: number): number {
    if (this.#number !== undefined) {
      return FIRST_OF_OTHERS + this.#number * EVENTS_PER_REPORT + Math.min(index, EVENTS_PER_REPORT - 1);
    }
    const first = FIRST_RANKS.get(this.#reported.kind) ?? OTHERS.first + this.#hash(OTHERS.count);
    return this.#timed(Math.min(first + index, RESPONSES.first - 1));
  }

  #timed(rank: number): number {
    return timedSequence(this.#reported.atMs, rank, EVENT_SLOT_MS);
  }

  #hash(count: number): number {
    return fnv1a(this.#reported.text) % count;
  }
}
