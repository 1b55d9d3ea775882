/** Who is served first: somebody who waits to see the next seconds, who waits for an image, what will be asked for next, what only might be. */
export const PRIORITIES = ["viewer", "image", "prefetch", "fill"] as const;
export type Priority = (typeof PRIORITIES)[number];

interface Waiting {
  priority: () => Priority;
  start: () => void;
}

interface Running {
  priority: () => Priority;
  giveWay: AbortController;
}

/** The place of what only might be asked for is needed for somebody else. */
export class GiveWayError extends Error {
  override readonly name = "GiveWayError";
}

/** So many wait already that whoever comes now would wait in vain. */
export class BusyError extends Error {
  override readonly name = "BusyError";
}

/** Lets a number of pieces of work run at once; the others wait in the order of their priority. */
export class Slots {
  #free: number;
  readonly #maxWaiting: number;
  readonly #queue: Waiting[] = [];
  readonly #running = new Set<Running>();

  constructor(count: number, maxWaiting = Number.POSITIVE_INFINITY) {
    this.#free = count;
    this.#maxWaiting = maxWaiting;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Rejects with the signal's reason when it is aborted before the work began, and with BusyError when too many wait.
   *
   * @param priority asked for each time a place gets free: somebody may come to wait for what was to be made ahead
   * @param work its signal is aborted, with GiveWayError, when it fills in and all places are taken while somebody waits
   */
  async run<T>(priority: () => Priority, signal: AbortSignal, work: (giveWay: AbortSignal) => Promise<T>): Promise<T> {
    await this.#enter(priority, signal);
    const running = { priority, giveWay: new AbortController() };
    this.#running.add(running);
    try {
      return await work(running.giveWay.signal);
    } finally {
      this.#running.delete(running);
      this.#leave();
    }
  }

  /** One that fills in stops for one that is waited for. */
  #askForPlace(priority: Priority): void {
    if (priority === "fill") return;
    const filling = [...this.#running].filter((one) => one.priority() === "fill" && !one.giveWay.signal.aborted);
    filling.at(-1)?.giveWay.abort(new GiveWayError("somebody waits for the place"));
  }

  #enter(priority: () => Priority, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    if (this.#queue.length >= this.#maxWaiting) return Promise.reject(new BusyError("too many wait already"));
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const at = this.#queue.indexOf(waiting);
        if (at >= 0) this.#queue.splice(at, 1);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        priority,
        start: () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(waiting);
      this.#askForPlace(priority());
    });
  }

  #leave(): void {
    const next = PRIORITIES.map((priority) => this.#queue.findIndex((one) => one.priority() === priority)).find(
      (at) => at >= 0,
    );
    if (next === undefined) this.#free += 1;
    else this.#queue.splice(next, 1)[0]?.start();
  }
}
