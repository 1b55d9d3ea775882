/** Who is served first: somebody who waits to see the next seconds, who waits for an image, what will be asked for next, what only might be. */
export const PRIORITIES = ["viewer", "image", "prefetch", "fill"] as const;
export type Priority = (typeof PRIORITIES)[number];

/** These are asked for by somebody who gives up after a while, and are refused where they would be made too late. */
const AWAITED: ReadonlySet<Priority> = new Set(["viewer", "image"]);

/** For whom work is done. */
export interface Claim {
  environment: string;
  /** Asked for each time a place gets free: somebody may come to wait for what was to be made ahead. */
  priority: () => Priority;
}

interface Waiting extends Claim {
  start: () => void;
}

interface Running extends Claim {
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

/**
 * Lets a number of pieces of work run at once; the others wait in the order of their priority. Among equals it is the turn of the
 * environment that has the fewest running, of those the one that was not served for longest: whoever wants much waits behind himself.
 */
export class Slots {
  #free: number;
  readonly #maxAhead: number;
  readonly #queue: Waiting[] = [];
  readonly #running = new Set<Running>();
  /** When each environment was given a place last, in places given. Forgotten when nobody waits. */
  readonly #served = new Map<string, number>();
  #given = 0;

  /** @param maxAhead how many may be served before one who is waited for */
  constructor(count: number, maxAhead = Number.POSITIVE_INFINITY) {
    this.#free = count;
    this.#maxAhead = maxAhead;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Rejects with the signal's reason when it is aborted before the work began, and with BusyError when too many are served before.
   *
   * @param work its signal is aborted, with GiveWayError, when it fills in and all places are taken while somebody waits
   */
  async run<T>(claim: Claim, signal: AbortSignal, work: (giveWay: AbortSignal) => Promise<T>): Promise<T> {
    const running = await this.#enter(claim, signal);
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

  async #enter(claim: Claim, signal: AbortSignal): Promise<Running> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return this.#begin(claim);
    }
    const { environment, priority } = claim;
    if (AWAITED.has(priority()) && this.#ahead(environment, priority()) >= this.#maxAhead) {
      throw new BusyError("too many wait already");
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const at = this.#queue.indexOf(waiting);
        if (at >= 0) this.#queue.splice(at, 1);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        ...claim,
        start: () => {
          signal.removeEventListener("abort", onAbort);
          resolve(this.#begin(claim));
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#queue.push(waiting);
      this.#askForPlace(priority());
    });
  }

  /** How many of a priority have their turn before one who comes now: all of his environment's own, as many of each other, and one. */
  #ahead(environment: string, priority: Priority): number {
    const equals = this.#queue.filter((one) => one.priority() === priority);
    const waiting = countBy(equals);
    const own = waiting.get(environment) ?? 0;
    waiting.delete(environment);
    return [...waiting.values()].reduce((sum, others) => sum + Math.min(others, own + 1), own);
  }

  #leave(): void {
    const next = this.#next();
    if (next === null) {
      this.#free += 1;
      this.#served.clear();
      return;
    }
    this.#queue.splice(this.#queue.indexOf(next), 1);
    next.start();
  }

  #next(): Waiting | null {
    const priorities = this.#queue.map((one) => one.priority());
    const first = PRIORITIES.find((priority) => priorities.includes(priority));
    const running = countBy([...this.#running]);
    const turn = ({ environment }: Waiting) =>
      [running.get(environment) ?? 0, this.#served.get(environment) ?? 0] as const;
    let next: Waiting | null = null;
    for (const [at, one] of this.#queue.entries()) {
      if (priorities[at] === first && (next === null || isBefore(turn(one), turn(next)))) next = one;
    }
    return next;
  }

  #begin(claim: Claim): Running {
    const running = { ...claim, giveWay: new AbortController() };
    this.#running.add(running);
    this.#given += 1;
    this.#served.set(claim.environment, this.#given);
    return running;
  }
}

type Turn = readonly [running: number, served: number];

function isBefore(one: Turn, other: Turn): boolean {
  return one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);
}

function countBy(claims: readonly Claim[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { environment } of claims) counts.set(environment, (counts.get(environment) ?? 0) + 1);
  return counts;
}
