import type { EnvironmentId } from "../../domain/identifiers.ts";
import { ENDED_FINAL_AFTER_MS } from "../../domain/view/life-cycle.ts";
import type { OpenView } from "./open-view.ts";

/**
 * Views of one environment that may be open at a time in one partition, 400,000 in all: about 2 GB of memory, whose views
 * hold 4 to 6 kB each. Anybody who knows its public key can invent views, and each stays for an hour.
 */
const MAX_OPEN_VIEWS = 25_000;

/** Who becomes final next, the first one last. */
interface Endings {
  /** Log time up to which the list is whole: who is opened or heard of after it was made becomes final no sooner. */
  untilMs: number;
  views: { key: string; finalAtMs: number }[];
}

/** Whether an environment may open one more view: decided by the log alone, however its records are cut into batches. */
export class RoomForViews {
  readonly #maxOpen: number;
  readonly #openOf = new Map<EnvironmentId, Map<string, OpenView>>();
  /** Only of environments that have reached the limit. */
  readonly #endings = new Map<EnvironmentId, Endings>();

  constructor(maxOpen = MAX_OPEN_VIEWS) {
    this.#maxOpen = maxOpen;
  }

  add(open: OpenView): void {
    const views = this.#openOf.get(open.environmentId);
    if (views === undefined) this.#openOf.set(open.environmentId, new Map([[open.key, open]]));
    else views.set(open.key, open);
  }

  remove(open: OpenView): void {
    const views = this.#openOf.get(open.environmentId);
    views?.delete(open.key);
    if (views?.size !== 0) return;
    this.#openOf.delete(open.environmentId);
    this.#endings.delete(open.environmentId);
  }

  /**
   * False where the environment has as many views as it may. How many of them are final by now though nobody has looked yet
   * depends on when rows were last collected; so at the limit those come first.
   *
   * @param finalAtMs when a view becomes final if nothing more comes
   * @param finish ends a view that is final, which has to `remove` it
   */
  has(
    environmentId: EnvironmentId,
    nowMs: number,
    finalAtMs: (open: OpenView) => number,
    finish: (open: OpenView) => void,
  ): boolean {
    const views = this.#openOf.get(environmentId);
    if (views === undefined || views.size < this.#maxOpen) return true;
    const endings = this.#endingsOf(environmentId, views, nowMs, finalAtMs).views;
    for (let next = endings.at(-1); next !== undefined && next.finalAtMs <= nowMs; next = endings.at(-1)) {
      endings.pop();
      const open = views.get(next.key);
      if (open !== undefined && finalAtMs(open) <= nowMs) finish(open); // not if it was heard of since
    }
    return views.size < this.#maxOpen;
  }

  /** Walks over all views of the environment once in 5 minutes of log time, and only at the limit. */
  #endingsOf(
    environmentId: EnvironmentId,
    open: ReadonlyMap<string, OpenView>,
    nowMs: number,
    finalAtMs: (open: OpenView) => number,
  ): Endings {
    const known = this.#endings.get(environmentId);
    if (known !== undefined && nowMs < known.untilMs) return known;
    const untilMs = nowMs + ENDED_FINAL_AFTER_MS;
    const views = [...open]
      .map(([key, view]) => ({ key, finalAtMs: finalAtMs(view) }))
      .filter((ending) => ending.finalAtMs < untilMs)
      .sort((a, b) => b.finalAtMs - a.finalAtMs);
    const made = { untilMs, views };
    this.#endings.set(environmentId, made);
    return made;
  }
}
