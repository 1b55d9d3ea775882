export interface LruOptions<V> {
  /** Sum of weights that is kept; what was used least recently goes first. */
  maxWeight: number;
  /** 1 for each unless given: then the limit is a number of entries. */
  weigh?: (value: V, key: string) => number;
}

/** Values by key, as many as fit. A value over the whole limit is not kept at all. */
export class Lru<V> {
  readonly #maxWeight: number;
  readonly #weigh: (value: V, key: string) => number;
  /** A Map keeps the order of insertion: the first is the one that was used longest ago. */
  readonly #entries = new Map<string, { value: V; weight: number }>();
  #weight = 0;

  constructor({ maxWeight, weigh = () => 1 }: LruOptions<V>) {
    this.#maxWeight = maxWeight;
    this.#weigh = weigh;
  }

  get weight(): number {
    return this.#weight;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: V): void {
    this.delete(key);
    const weight = this.#weigh(value, key);
    if (weight > this.#maxWeight) return;
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#maxWeight) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#weight -= entry.weight;
  }
}
