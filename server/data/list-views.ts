import { z } from "zod";
import type { Timeframe } from "../../domain/data-api/timeframe.ts";
import {
  askViewIds,
  askViews,
  type ViewIdsRow,
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
/** A view that is not final may go on: its end is close to when it was seen last. */
const MOVES_FOR_MS = 2 * FINAL_AFTER_MS;
/** Views whose place is watched over in one walk. */
const MAX_WATCHED = 50_000;
/** Ids travel in a URL. */
const IDS_AT_ONCE = 200;

const ListRow: z.ZodType<ViewListRow> = z.object({
  view_id: z.string(),
  view_start_ms: z.number(),
  view_end_ms: z.number(),
  last_seen_ms: z.number(),
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

const IdsRow: z.ZodType<ViewIdsRow> = z.object({ ids: z.array(z.string()) });

/** A list of views, without saying which page of it. */
export interface ViewList {
  scope: Scope;
  timeframe: Timeframe;
  options: Omit<ViewListOptions, keyof Page | "after" | "ids">;
  keepMs: number;
}

export interface ViewListPage {
  rows: readonly ViewListRow[];
  totalRowCount: number;
  timeframe: Timeframe;
  /** Behind the last row; null where the page is not full. */
  next: ViewPlace | null;
}

/** A walk that remembers which of its views may still change their place: those that it has fetched, and those that it has not. */
export interface ViewWalk extends Walk<ViewListRow> {
  fetched: Set<string>;
  ahead: Set<string>;
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
  await reach(analytics, walk, list, { start, limit, nowMs });
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
  const walk: ViewWalk = {
    timeframe: list.timeframe,
    totalRowCount: rows[0]?.total_row_count ?? 0,
    rows: [],
    base: 0,
    ended: rows.length < FIRST_ROWS,
    nextPage: 1,
    usedMs: nowMs,
    beganMs: nowMs,
    fetched: new Set(),
    ahead: new Set(await movableBehind(analytics, list, rows, nowMs)),
    reached: lastPlace(rows),
  };
  add(walk, rows);
  return walk;
}

/** Ids of all views of the list that may still go on, where some may be behind these rows. */
async function movableBehind(
  analytics: Analytics,
  list: ViewList,
  rows: readonly ViewListRow[],
  nowMs: number,
): Promise<readonly string[]> {
  const { direction, ...views } = list.options;
  const fromMs = Math.max(list.timeframe.fromMs, nowMs - MOVES_FOR_MS);
  const { toMs } = list.timeframe;
  const furthestMs = direction === "desc" ? (lastPlace(rows)?.viewEndMs ?? 0) : toMs;
  if (rows.length < FIRST_ROWS || furthestMs <= fromMs) return [];
  const question = askViewIds({ ...list.scope, fromMs, toMs }, views, MAX_WATCHED);
  const [found] = await analytics.ask(question, IdsRow, { name: "movable views", keepMs: list.keepMs });
  return found?.ids ?? [];
}

/** Fetches on until the walk holds the page; what lies before the page is let go. */
async function reach(
  analytics: Analytics,
  walk: ViewWalk,
  list: ViewList,
  { start, limit, nowMs }: { start: number; limit: number; nowMs: number },
): Promise<void> {
  const { fromMs, toMs } = walk.timeframe;
  const pinned = { ...list, scope: { ...list.scope, fromMs, toMs } };
  while (!walk.ended && walk.base + walk.rows.length < start + limit) {
    const after = walk.reached;
    const more = await ask(analytics, pinned, { limit: NEXT_ROWS, offset: 0, after });
    const isLast = more.length < NEXT_ROWS;
    const moved = isLast ? await movedAway(analytics, walk, list, { rows: more, nowMs }) : [];
    if (walk.reached !== after || walk.ended) continue; // another page came to the same meanwhile
    const passed = Math.max(0, Math.min(start - walk.base, walk.rows.length));
    walk.rows = walk.rows.slice(passed);
    walk.base += passed;
    walk.reached = lastPlace(more) ?? after;
    walk.ended = isLast;
    add(walk, [...more, ...moved]);
  }
}

/** Views that were ahead of the walk, and went on before it came to them: they end later now, maybe behind the range. */
async function movedAway(
  analytics: Analytics,
  { ahead, beganMs }: ViewWalk,
  list: ViewList,
  { rows, nowMs }: { rows: readonly ViewListRow[]; nowMs: number },
): Promise<ViewListRow[]> {
  const last = new Set(rows.map(({ view_id }) => view_id));
  const missing = [...ahead].filter((id) => !last.has(id));
  const scope = { ...list.scope, fromMs: beganMs - MOVES_FOR_MS, toMs: nowMs + MOVES_FOR_MS };
  const moved: ViewListRow[] = [];
  for (let at = 0; at < missing.length; at += IDS_AT_ONCE) {
    const ids = missing.slice(at, at + IDS_AT_ONCE);
    moved.push(...(await ask(analytics, { ...list, scope }, { limit: IDS_AT_ONCE, offset: 0, ids })));
  }
  return moved;
}

/** Adds what the walk has not fetched before. */
function add(walk: ViewWalk, rows: readonly ViewListRow[]): void {
  const news = rows.filter(({ view_id }) => !walk.fetched.has(view_id));
  for (const { view_id, view_end_ms } of news) {
    walk.ahead.delete(view_id);
    if (view_end_ms > walk.beganMs - MOVES_FOR_MS) walk.fetched.add(view_id);
  }
  walk.rows = [...walk.rows, ...news];
  walk.idCount = walk.ahead.size + walk.fetched.size;
}

function ask(
  analytics: Analytics,
  list: ViewList,
  page: Page & Pick<ViewListOptions, "after" | "ids">,
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
