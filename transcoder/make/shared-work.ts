interface Running<T> {
  result: Promise<T>;
  stop: AbortController;
  callers: number;
}

/** Work that several callers want at the same time is done once; it is stopped when the last of them leaves. */
export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();

  get size(): number {
    return this.#running.size;
  }

  /** Rejects with the signal's reason as soon as it is aborted, whatever the others wait for. */
  async run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const running = this.#running.get(key) ?? this.#start(key, work);
    running.callers += 1;
    let onAbort = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
    });
    try {
      return await Promise.race([running.result, left]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      running.callers -= 1;
      if (running.callers === 0) this.#abandon(key, running);
    }
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<T>): Running<T> {
    const stop = new AbortController();
    const running: Running<T> = { result: work(stop.signal), stop, callers: 0 };
    this.#running.set(key, running);
    running.result.catch(() => {}).finally(() => this.#forget(key, running));
    return running;
  }

  /** Whoever comes after this begins anew rather than joining what is being stopped. */
  #abandon(key: string, running: Running<T>): void {
    this.#forget(key, running);
    running.stop.abort(new Error("nobody waits for it any more"));
  }

  #forget(key: string, running: Running<T>): void {
    if (this.#running.get(key) === running) this.#running.delete(key);
  }
}
