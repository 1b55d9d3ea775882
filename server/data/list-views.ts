import { z } from "zod";
import type { Timeframe } from "../../domain/data-api/timeframe.ts";
import {
  askViews,
  type ViewListOptions,
  type ViewListRow,
  type ViewPlace,
} from "../../domain/metrics/ask/ask-views.ts";
import type { Page } from "../../domain/metrics/ask/page.ts";
import type { Scope } from "../../domain/metrics/scope.ts";
import { FINAL_AFTER_MS } from "../../domain/view/life-cycle.ts";
import type { Analytics, AskOptions } from "./analytics.ts";
import { askPage } from "./ask-page.ts";
import type { ListWalks, Walk } from "./list-walks.ts";

/** What a first page fetches: most are looked at for no more than that. */
const FIRST_ROWS = 250;
/** What is fetched at once for the pages behind. */
const NEXT_ROWS = 1_000;

const ListRow: z.ZodType<ViewListRow> = z.object({
  view_id: z.string(),
  view_start_ms: z.number(),
  view_end_ms: z.number(),
  video_title: z.string(),
  viewer_id: z.string(),
  operating_system: z.string(),
  browser: z.string(),
  country: z.string(),
  watch_ms: z.number(),
  viewer_experience_score: z.number().nullable(),
  playback_failure: z.number(),
  error_type_id: z.number().nullable(),
  error_code: z.string(),
  error_message: z.string(),
  total_row_count: z.number(),
});

/** A list of views, without saying which page of it. */
export interface ViewList {
  scope: Scope;
  timeframe: Timeframe;
  options: Omit<ViewListOptions, keyof Page | "after">;
  keepMs: number;
}

export interface ViewListPage {
  rows: readonly ViewListRow[];
  totalRowCount: number;
  timeframe: Timeframe;
  /** Behind the last row; null where the page is not full. */
  next: ViewPlace | null;
}

/** A walk that remembers, in `aside`, which of its views may still change their place. */
export interface ViewWalk extends Walk<ViewListRow> {
  aside: Set<string>;
  beganMs: number;
  /** Behind what was fetched; null where that is the beginning. */
  reached: ViewPlace | null;
}

export type ViewWalks = ListWalks<ViewListRow, ViewWalk>;

/** A page by its number. Pages of one walk are of one list, as it was when the first was asked (`ListWalks`). */
export async function viewsOnPage(
  analytics: Analytics,
  walks: ViewWalks,
  list: ViewList,
  { key, page, limit, nowMs }: { key: string; page: number; limit: number; nowMs: number },
): Promise<ViewListPage> {
  const walk = page === 1 ? await beginWalk(analytics, list, nowMs) : walks.find(key, page, limit, nowMs);
  const start = (page - 1) * limit;
  if (walk === null) return countedPage(analytics, list, { limit, offset: start });
  if (page === 1) walks.begin(key, walk);
  await reach(analytics, walk, list, { start, limit });
  walks.gave(key, walk, page, nowMs);
  const rows = walk.rows.slice(start - walk.base, start - walk.base + limit);
  return { rows, totalRowCount: walk.totalRowCount, timeframe: walk.timeframe, next: behind(rows, limit) };
}

/** The page behind a view, whatever has come before it since. */
export async function viewsBehind(
  analytics: Analytics,
  list: ViewList,
  after: ViewPlace,
  limit: number,
): Promise<ViewListPage> {
  const rows = await ask(analytics, list, { limit, offset: 0, after });
  const [first] = rows.length > 0 ? rows : await ask(analytics, list, { limit: 1, offset: 0 });
  const totalRowCount = first?.total_row_count ?? 0;
  return { rows, totalRowCount, timeframe: list.timeframe, next: behind(rows, limit) };
}

async function countedPage(analytics: Analytics, list: ViewList, page: Page): Promise<ViewListPage> {
  const question = askViews(list.scope, { ...list.options, ...page });
  const { rows, totalRowCount } = await askPage(analytics, question, ListRow, askOptions(list));
  return { rows, totalRowCount, timeframe: list.timeframe, next: behind(rows, page.limit) };
}

async function beginWalk(analytics: Analytics, list: ViewList, nowMs: number): Promise<ViewWalk> {
  const rows = await ask(analytics, list, { limit: FIRST_ROWS, offset: 0 });
  return {
    timeframe: list.timeframe,
    totalRowCount: rows[0]?.total_row_count ?? 0,
    rows,
    base: 0,
    ended: rows.length < FIRST_ROWS,
    nextPage: 1,
    usedMs: nowMs,
    beganMs: nowMs,
    aside: new Set(movable(rows, nowMs)),
    reached: lastPlace(rows),
  };
}

/** Fetches on until the walk holds the page; what lies before the page is let go. */
async function reach(
  analytics: Analytics,
  walk: ViewWalk,
  list: ViewList,
  { start, limit }: { start: number; limit: number },
): Promise<void> {
  const { fromMs, toMs } = walk.timeframe;
  const pinned = { ...list, scope: { ...list.scope, fromMs, toMs } };
  while (!walk.ended && walk.base + walk.rows.length < start + limit) {
    const after = walk.reached;
    const more = await ask(analytics, pinned, { limit: NEXT_ROWS, offset: 0, after });
    if (walk.reached !== after) continue; // another page came to the same meanwhile
    const news = more.filter(({ view_id }) => !walk.aside.has(view_id));
    for (const id of movable(news, walk.beganMs)) walk.aside.add(id);
    const passed = Math.max(0, Math.min(start - walk.base, walk.rows.length));
    walk.rows = [...walk.rows.slice(passed), ...news];
    walk.base += passed;
    walk.reached = lastPlace(more) ?? after;
    walk.ended = more.length < NEXT_ROWS;
  }
}

/** A view that is not final may go on, and then ends later than where it was listed. */
function movable(rows: readonly ViewListRow[], nowMs: number): string[] {
  return rows.filter((row) => row.view_end_ms > nowMs - 2 * FINAL_AFTER_MS).map(({ view_id }) => view_id);
}

function ask(
  analytics: Analytics,
  list: ViewList,
  page: Page & Pick<ViewListOptions, "after">,
): Promise<readonly ViewListRow[]> {
  return analytics.ask(askViews(list.scope, { ...list.options, ...page }), ListRow, askOptions(list));
}

function askOptions({ keepMs }: ViewList): AskOptions {
  return { name: "views", keepMs };
}

function behind(rows: readonly ViewListRow[], limit: number): ViewPlace | null {
  return rows.length < limit ? null : lastPlace(rows);
}

function lastPlace(rows: readonly ViewListRow[]): ViewPlace | null {
  const last = rows.at(-1);
  return last === undefined ? null : { viewEndMs: last.view_end_ms, viewId: last.view_id };
}
