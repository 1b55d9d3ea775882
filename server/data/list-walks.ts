import type { Timeframe } from "../../domain/data-api/timeframe.ts";
import { Lru } from "../../platform/memory/lru.ts";

/** Characters of all walks that are kept, as JSON: 100,000 views. */
const MAX_KEPT = 50_000_000;
/** What a walk takes without its rows, and an id that it remembers beside them. */
const WALK_WEIGHT = 500;
const ID_WEIGHT = 100;
/** Of one list and caller: several programs may share a token and a query. */
const MAX_WALKS = 4;
/** Between two pages of one walk; a client that retries for long takes minutes. */
const FORGET_AFTER_MS = 15 * 60_000;

/** A walk through a list page by page, as it stood when its first page was asked. */
export interface Walk<Row> {
  timeframe: Timeframe;
  totalRowCount: number;
  /** Rows that have been fetched, and the place of the first of them in the list. */
  rows: readonly Row[];
  base: number;
  /** How many ids are remembered beside these. */
  idCount?: number;
  /** Behind `rows` there are no more. */
  ended: boolean;
  nextPage: number;
  usedMs: number;
}

/**
 * Clients ask page after page by number, and while they do, rows come in that stand before those already given: every one would
 * push a row onto the next page a second time. So who asks for page 1 begins a walk, and the pages after it go on with what
 * that walk has fetched. Kept in this process; where it is not known any more, a page is counted from the list's present
 * beginning.
 */
export class ListWalks<Row, Kept extends Walk<Row> = Walk<Row>> {
  readonly #walks = new Lru<Kept[]>({
    maxWeight: MAX_KEPT,
    weigh: (walks, key) => walks.reduce((sum, walk) => sum + this.#weigh(walk), key.length),
  });
  /** By rows: most pages of a walk leave them as they are. */
  readonly #weights = new WeakMap<readonly Row[], number>();

  /** @param key the whole query but its page, and who asks */
  begin(key: string, walk: Kept): void {
    this.#walks.set(key, [walk, ...this.#living(key, walk.usedMs)].slice(0, MAX_WALKS));
  }

  /** The walk that comes to this page next, else one that still holds it; null when there is none. */
  find(key: string, page: number, limit: number, nowMs: number): Kept | null {
    const walks = this.#living(key, nowMs);
    const start = (page - 1) * limit;
    const holds = ({ base, rows }: Kept) => start >= base && start < base + rows.length;
    return walks.find(({ nextPage }) => nextPage === page) ?? walks.find(holds) ?? null;
  }

  /** Tells that a walk has given a page: its rows may have changed. */
  gave(key: string, walk: Kept, page: number, nowMs: number): void {
    walk.nextPage = page + 1;
    walk.usedMs = nowMs;
    const walks = this.#living(key, nowMs);
    if (walks.includes(walk)) this.#walks.set(key, walks);
  }

  #weigh({ rows, idCount = 0 }: Kept): number {
    const known = this.#weights.get(rows) ?? JSON.stringify(rows).length;
    this.#weights.set(rows, known);
    return WALK_WEIGHT + known + idCount * ID_WEIGHT;
  }

  #living(key: string, nowMs: number): Kept[] {
    return (this.#walks.get(key) ?? []).filter(({ usedMs }) => nowMs - usedMs < FORGET_AFTER_MS);
  }
}
