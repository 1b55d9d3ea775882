/** So many of something for each holder at most. */
export class Quota {
  readonly #most: number;
  readonly #taken = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** False when the holder has as many as may be. */
  take(holder: string): boolean {
    const taken = this.#taken.get(holder) ?? 0;
    if (taken >= this.#most) return false;
    this.#taken.set(holder, taken + 1);
    return true;
  }

  /** Gives one back that was taken. */
  give(holder: string): void {
    const taken = (this.#taken.get(holder) ?? 0) - 1;
    if (taken > 0) this.#taken.set(holder, taken);
    else this.#taken.delete(holder);
  }
}
