import { ApiError } from "../../domain/errors.ts";

/** Statements that the store works on at once. */
const AT_ONCE = 2;
/** Of one environment, under way or waiting: nobody fills the line for others. */
const MAX_OF_ONE = 5;
const MAX_WAITING = 50;
const RETRY_SECONDS = 2;

interface Waiting {
  environmentId: number;
  start: () => void;
}

/** Lets customers' statements run in turn: two at once, one of an environment, so that the next is another's. */
export class SqlTurns {
  readonly #running = new Set<number>();
  readonly #waiting: Waiting[] = [];

  /** Rejects with ApiError when the line is full, or with the signal's reason when it is aborted before its turn. */
  async take<T>(environmentId: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#turn(environmentId, signal);
    try {
      return await work();
    } finally {
      this.#running.delete(environmentId);
      this.#next();
    }
  }

  async #turn(environmentId: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const ofOne = this.#waiting.filter((place) => place.environmentId === environmentId).length;
    if (ofOne + (this.#running.has(environmentId) ? 1 : 0) >= MAX_OF_ONE)
      throw new ApiError("rate_limited", [`This environment has ${MAX_OF_ONE} statements under way`], RETRY);
    if (this.#waiting.length >= MAX_WAITING)
      throw new ApiError("unavailable", ["Too many statements wait for the analytics store just now"], RETRY);
    await new Promise<void>((resolve, reject) => {
      const place: Waiting = {
        environmentId,
        start: () => {
          signal.removeEventListener("abort", leave);
          resolve();
        },
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(place), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(place);
      this.#next();
    });
  }

  /** The first in line whose environment has none running. */
  #next(): void {
    if (this.#running.size >= AT_ONCE) return;
    const index = this.#waiting.findIndex(({ environmentId }) => !this.#running.has(environmentId));
    const [place] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (place === undefined) return;
    this.#running.add(place.environmentId);
    place.start();
  }
}

const RETRY = { retryAfterSeconds: RETRY_SECONDS };
