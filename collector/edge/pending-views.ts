/**
 * Views whose first request is still on its way into the log, since somebody has to be asked whose it is. A second request
 * that names no source, such as a `sendBeacon` when the page goes, waits for it: nobody would send that one again.
 */
export class PendingViews {
  readonly #requests = new Map<string, Promise<unknown>>();

  has(viewId: string): boolean {
    return this.#requests.has(viewId);
  }

  /** Holds the views back until the request has come to its end, however it ends. */
  add(viewIds: Iterable<string>, request: Promise<unknown>): void {
    const ended = request.catch(() => undefined);
    for (const viewId of viewIds) {
      this.#requests.set(viewId, ended);
      ended.then(() => {
        if (this.#requests.get(viewId) === ended) this.#requests.delete(viewId);
      });
    }
  }

  /** Resolves when none of these is on its way that is now. Never rejects. */
  async settled(viewIds: Iterable<string>): Promise<void> {
    await Promise.all([...viewIds].map((viewId) => this.#requests.get(viewId)));
  }
}
