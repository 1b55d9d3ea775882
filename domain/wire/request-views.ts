/**
 * Players report one or two views at a time, and what gathers reports for others some dozen. Each becomes a record and a
 * view of its own, with its own copy of what the request's headers say: 3,600 of them made 8 MB of a body of 250 kB.
 */
export const MAX_VIEWS_PER_REQUEST = 100;

/** The views that one request speaks of, the first ones up to a limit. */
export class RequestViews {
  readonly #viewIds = new Set<string>();
  #newest = "";

  get size(): number {
    return this.#viewIds.size;
  }

  /** False for a view that is one too many. */
  admit(viewId: string): boolean {
    if (viewId === this.#newest) return true; // nearly always
    if (this.#viewIds.size >= MAX_VIEWS_PER_REQUEST && !this.#viewIds.has(viewId)) return false;
    this.#viewIds.add(viewId);
    this.#newest = viewId;
    return true;
  }
}
