import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { Page } from "../../domain/metrics/ask/page.ts";
import type { Scope } from "../../domain/metrics/scope.ts";
import type { Analytics } from "./analytics.ts";
import { ListWalks } from "./list-walks.ts";
import { type GroupList, type GroupRow, groupsOnPage } from "./walk-groups.ts";

const environmentId = 1 as EnvironmentId;
const nowMs = 1_000_000;

/** Groups with their views, most first, as a store answers that takes in views meanwhile. */
class Store {
  readonly views = new Map<string, number>();
  readonly asked: Scope[] = [];

  readonly analytics: Pick<Analytics, "ask"> = {
    ask: async <T>({ params }: { params: unknown }) => {
      const { limit, offset } = params as Page;
      const all = [...this.views].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
      const rows = all.slice(offset, offset + limit).map(([field]) => ({ field, total_row_count: all.length }));
      return rows as readonly unknown[] as readonly T[];
    },
  };

  list(toMs: number): GroupList<GroupRow> {
    return {
      scope: { environmentId, fromMs: 0, toMs, filters: [], metricFilters: [], weighted: false, includeBots: false },
      ask: (scope, page) => {
        this.asked.push(scope);
        return { sql: "", params: { ...page }, keyed: false };
      },
      row: z.object({ field: z.string(), total_row_count: z.number() }),
      name: "test",
      keepMs: 0,
    };
  }
}

function storeOf(groups: number): Store {
  const store = new Store();
  for (let at = 0; at < groups; at += 1) store.views.set(`group ${at}`, groups - at);
  return store;
}

/** Page after page as the SDK asks, until an empty one; what happens between them comes from `meanwhile`. */
async function walk(store: Store, limit: number, meanwhile: (page: number) => void = () => undefined) {
  const walks = new ListWalks<GroupRow>();
  const pages: { fields: string[]; total: number; toMs: number }[] = [];
  for (let page = 1; pages.at(-1)?.fields.length !== 0; page += 1) {
    const options = { key: "list", page, limit, nowMs: nowMs + page * 1_000 };
    const found = await groupsOnPage(store.analytics, walks, store.list(nowMs + page), options);
    pages.push({
      fields: found.rows.map(({ field }) => field),
      total: found.totalRowCount,
      toMs: found.scope.toMs,
    });
    meanwhile(page);
  }
  return { pages, fields: pages.flatMap(({ fields }) => fields) };
}

describe("groupsOnPage", () => {
  it.each([
    [0, 25],
    [1, 1],
    [249, 100],
    [250, 100],
    [251, 7],
    [700, 100],
    [20_700, 100],
  ])("gives all of %i groups, %i at a time, in order", async (groups, limit) => {
    const store = storeOf(groups);
    expect((await walk(store, limit)).fields).toEqual([...store.views.keys()]);
  });

  it.each([60, 250, 700, 12_000])("gives each of %i groups once while they change places", async (groups) => {
    const store = storeOf(groups);
    const first = [...store.views.keys()];
    const { pages, fields } = await walk(store, 50, (page) => {
      // the last becomes the first, the first the last, and a group is new at either end
      store.views.set(first[groups - page] ?? "", groups + page);
      store.views.set(first[page] ?? "", 0.5);
      store.views.set(`new ${page}`, page % 2 === 0 ? 1e9 : 0.1);
    });
    expect(fields.length - new Set(fields).size).toBe(0);
    const given = new Set(fields);
    expect(first.filter((field) => !given.has(field))).toEqual([]);
    expect(new Set(pages.map(({ total, toMs }) => `${total} ${toMs}`))).toEqual(new Set([`${groups} ${nowMs + 1}`]));
  });

  it("gives each once to who asks for several pages at once", async () => {
    const store = storeOf(600);
    const walks = new ListWalks<GroupRow>();
    const at = (page: number) =>
      groupsOnPage(store.analytics, walks, store.list(nowMs), { key: "list", page, limit: 100, nowMs });
    const pages = [
      await at(1),
      ...(await Promise.all([at(2), at(2)])),
      await at(3),
      ...(await Promise.all([at(3), at(4)])),
    ];
    const fields = pages.map(({ rows }) => rows.map(({ field }) => field));
    expect([fields[1], fields[3]]).toEqual([fields[2], fields[4]]);
    expect(new Set([fields[0], fields[1], fields[3], fields[5]].flat()).size).toBe(400);
  });

  it("counts from the present beginning where a walk is not known", async () => {
    const store = storeOf(60);
    const options = { key: "list", page: 2, limit: 25, nowMs };
    const found = await groupsOnPage(store.analytics, new ListWalks<GroupRow>(), store.list(nowMs), options);
    expect([found.rows[0]?.field, found.rows.length, found.totalRowCount]).toEqual(["group 25", 25, 60]);
  });

  it("asks for a page far behind alone, whatever the page before was", async () => {
    const store = storeOf(60_000);
    const walks = new ListWalks<GroupRow>();
    const at = (page: number) =>
      groupsOnPage(store.analytics, walks, store.list(nowMs), { key: "list", page, limit: 100, nowMs });
    await at(1);
    const found = await at(590);
    expect([found.rows.length, found.rows[0]?.field]).toEqual([100, "group 58900"]);
    expect(walks.find("list", 2, 100, nowMs)?.rows.length).toBe(250);
  });
});
