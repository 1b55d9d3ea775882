import { ApiError } from "../../domain/errors.ts";

export interface TurnLimits {
  /** Works under way at once, of all environments and of one. */
  atOnce: number;
  atOnceOfOne: number;
  /** Under way or waiting, of one environment: nobody fills the line for others. */
  ofOne: number;
  /** Waiting, of all environments. */
  waiting: number;
}

/** What is said to who comes when an environment has enough, or when all have. */
export interface TurnRefusals {
  ofOne: string;
  waiting: string;
}

interface Place {
  running: number;
  line: (() => void)[];
}

const RETRY = { retryAfterSeconds: 2 };

/**
 * Lets work of environments run in turn. Next is the first in line of the environment that has the fewest under way; of equals,
 * of the one that was served, or came, longest ago.
 */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #refusals: TurnRefusals;
  /** Of environments that have some; who was served last is last. */
  readonly #places = new Map<number, Place>();
  #running = 0;
  #waiting = 0;

  constructor(limits: TurnLimits, refusals: TurnRefusals) {
    this.#limits = limits;
    this.#refusals = refusals;
  }

  /** Rejects with ApiError when a line is full, or with the signal's reason when it is aborted before its turn. */
  async take<T>(environmentId: number, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const place = this.#enter(environmentId);
    return new Promise<T>((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener("abort", leave);
        void this.#run(environmentId, place, work).then(resolve, reject);
      };
      const leave = () => {
        place.line.splice(place.line.indexOf(start), 1);
        this.#waiting -= 1;
        this.#forgetIdle(environmentId, place);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      place.line.push(start);
      this.#waiting += 1;
      this.#next();
    });
  }

  #enter(environmentId: number): Place {
    const place = this.#places.get(environmentId) ?? { running: 0, line: [] };
    if (place.running + place.line.length >= this.#limits.ofOne)
      throw new ApiError("rate_limited", [this.#refusals.ofOne], RETRY);
    if (this.#running >= this.#limits.atOnce && this.#waiting >= this.#limits.waiting)
      throw new ApiError("unavailable", [this.#refusals.waiting], RETRY);
    this.#places.set(environmentId, place);
    return place;
  }

  async #run<T>(environmentId: number, place: Place, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.#running -= 1;
      place.running -= 1;
      this.#forgetIdle(environmentId, place);
      this.#next();
    }
  }

  #next(): void {
    if (this.#running >= this.#limits.atOnce) return;
    const ready = [...this.#places].filter(
      ([, { running, line }]) => line.length > 0 && running < this.#limits.atOnceOfOne,
    );
    const [first, ...others] = ready;
    if (first === undefined) return;
    const [environmentId, place] = others.reduce((best, one) => (one[1].running < best[1].running ? one : best), first);
    this.#places.delete(environmentId);
    this.#places.set(environmentId, place);
    this.#running += 1;
    this.#waiting -= 1;
    place.running += 1;
    place.line.shift()?.();
  }

  #forgetIdle(environmentId: number, { running, line }: Place): void {
    if (running === 0 && line.length === 0) this.#places.delete(environmentId);
  }
}
