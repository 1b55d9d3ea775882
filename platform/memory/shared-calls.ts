interface Running<V> {
  result: Promise<V>;
  abort: AbortController;
  waiters: number;
}

/** Work by key that any number of callers wait for together: begun by the first, aborted when the last has left. */
export class SharedCalls<V> {
  readonly #running = new Map<string, Running<V>>();

  /**
   * @param signal this caller's: it leaves with the signal's reason, and the others go on waiting
   * @param begin called when nobody waits for the key yet
   */
  async join(key: string, signal: AbortSignal, begin: (signal: AbortSignal) => Promise<V>): Promise<V> {
    signal.throwIfAborted();
    const running = this.#running.get(key) ?? this.#begin(key, begin);
    running.waiters += 1;
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([running.result, left.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
      running.waiters -= 1;
      if (running.waiters === 0) this.#end(key, running);
    }
  }

  #begin(key: string, begin: (signal: AbortSignal) => Promise<V>): Running<V> {
    const abort = new AbortController();
    const running: Running<V> = { result: begin(abort.signal), abort, waiters: 0 };
    this.#running.set(key, running);
    running.result.then(
      () => this.#forget(key, running),
      () => this.#forget(key, running), // told to the callers
    );
    return running;
  }

  /** Does nothing to work that is done. */
  #end(key: string, running: Running<V>): void {
    this.#forget(key, running);
    running.abort.abort();
  }

  #forget(key: string, running: Running<V>): void {
    if (this.#running.get(key) === running) this.#running.delete(key);
  }
}
