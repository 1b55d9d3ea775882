import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { ViewListRow } from "../../domain/metrics/ask/ask-views.ts";
import type { Analytics } from "./analytics.ts";
import { type ViewList, type ViewWalks, viewsOnPage } from "./list-views.ts";
import { ListWalks } from "./list-walks.ts";

const nowMs = 1_800_000_000_000;

/** Views by their end, as a store answers that takes in views meanwhile. */
class Store {
  readonly ends = new Map<string, number>();
  asked = 0;

  readonly analytics: Pick<Analytics, "ask"> = {
    ask: async <T>({ sql, params }: { sql: string; params: Record<string, unknown> }) => {
      this.asked += 1;
      const { fromMs, toMs, ids } = params as { fromMs: number; toMs: number; ids?: string[] };
      const inRange = [...this.ends].filter(([id, end]) => end >= fromMs && end < toMs && (ids?.includes(id) ?? true));
      if (sql.includes("groupArray")) return [{ ids: inRange.map(([id]) => id) }] as readonly unknown[] as readonly T[];
      const down = sql.includes("DESC");
      const { limit, offset, afterEndMs, afterViewId } = params as Record<string, number> & { afterViewId?: string };
      const all = inRange.sort(([a, m], [b, n]) => (down ? n - m : m - n) || (a < b ? -1 : 1));
      const behind = all.filter(([id, end]) => {
        if (afterEndMs === undefined || end === afterEndMs) return afterEndMs === undefined || id > `${afterViewId}`;
        return down ? end < afterEndMs : end > afterEndMs;
      });
      const rows = behind.slice(offset, (offset ?? 0) + (limit ?? 0)).map(([id, end]) => row(id, end, all.length));
      return rows as readonly unknown[] as readonly T[];
    },
  };
}

function row(view_id: string, view_end_ms: number, total_row_count: number): ViewListRow {
  return { view_id, view_end_ms, total_row_count } as ViewListRow; // no more of it is looked at
}

/** @param sinceMs how long ago the last of them ended, one a second */
function storeOf(views: number, sinceMs: number): Store {
  const store = new Store();
  for (let at = 0; at < views; at += 1)
    store.ends.set(`view ${String(at).padStart(5, "0")}`, nowMs - sinceMs - (views - at) * 1_000);
  return store;
}

const LIST: ViewList = {
  scope: {
    ...{ environmentId: 1 as EnvironmentId, fromMs: 0, toMs: nowMs, filters: [], metricFilters: [] },
    ...{ weighted: false, includeBots: false },
  },
  timeframe: { fromMs: 0, toMs: nowMs },
  options: { direction: "asc", errorTypeId: null },
  keepMs: 0,
};

async function idsOn(store: Store, walks: ViewWalks, page: number, limit: number, list = LIST): Promise<string[]> {
  const { rows } = await viewsOnPage(store.analytics, walks, list, { key: "list", page, limit, nowMs });
  return rows.map(({ view_id }) => view_id);
}

const LONG_AGO_MS = 86_400_000;

describe("viewsOnPage", () => {
  it("gives each once to who asks for several pages at once", async () => {
    const store = storeOf(5_000, LONG_AGO_MS);
    const walks: ViewWalks = new ListWalks();
    const at = (page: number) => idsOn(store, walks, page, 100);
    const pages = [await at(1), await at(2), ...(await Promise.all([at(3), at(3), at(3)]))];
    expect([pages[2], pages[3]]).toEqual([pages[4], pages[4]]);
    for (let page = 4; page <= 50; page += 1) pages.push(await at(page));
    expect([...pages.slice(0, 3), ...pages.slice(5)].flat()).toEqual([...store.ends.keys()]);
  });

  it("comes to the end while all that plays goes on", async () => {
    const store = storeOf(3_000, 0);
    const walks: ViewWalks = new ListWalks();
    const first = [...store.ends.keys()];
    const given: string[] = [];
    for (let page = 1; page <= 31; page += 1) {
      given.push(...(await idsOn(store, walks, page, 100)));
      // everything that was fetched goes on, and stands behind all others then
      if (page === 10) for (const id of first.slice(0, 1_250)) store.ends.set(id, nowMs - 1);
    }
    expect(given.length - new Set(given).size).toBe(0);
    expect(new Set(given)).toEqual(new Set(first));
    expect(store.asked).toBeLessThan(10);
  });

  it.each(["asc", "desc"] as const)("gives views that go on before it comes to them: %s", async (direction) => {
    const store = storeOf(3_000, 0);
    const walks: ViewWalks = new ListWalks();
    const first = [...store.ends.keys()];
    const list = { ...LIST, options: { ...LIST.options, direction } };
    const given: string[] = [];
    for (let page = 1; page <= 31; page += 1) {
      given.push(...(await idsOn(store, walks, page, 100, list)));
      // some not fetched yet go on, within the range and beyond it, and views come that the list did not have
      const moving = direction === "asc" ? first.slice(-2_000) : first.slice(0, 2_000);
      if (page === 1) for (const [at, id] of moving.entries()) if (at % 3 > 0) store.ends.set(id, nowMs + (at % 3) - 2);
      if (page === 2) store.ends.set("new", nowMs + 1_000);
    }
    expect(given.length - new Set(given).size).toBe(0);
    expect(new Set(given)).toEqual(new Set(first));
  });
});
