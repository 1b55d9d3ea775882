import { z } from "zod";
import { parseLiveFilters } from "../../domain/data-api/live-filter-text.ts";
import type { LiveClock } from "../../domain/data-api/live-range.ts";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import {
  askLastPlayed,
  askOpenViews,
  type LastPlayedRow,
  type OpenViewRow,
} from "../../domain/metrics/ask/ask-open-views.ts";
import type { ViewListRow } from "../../domain/metrics/ask/ask-views.ts";
import { FINAL_AFTER_MS } from "../../domain/view/life-cycle.ts";
import type { ViewRecord } from "../../domain/view/view-record.ts";
import type { Analytics } from "./analytics.ts";
import { storedUpTo } from "./as-of.ts";
import { findOpenView, type ViewStores } from "./find-view.ts";
import type { ListWalks } from "./list-walks.ts";
import { askLive } from "./live.ts";
import { type IdList, type IdPage, idsOnPage } from "./walk-ids.ts";

/** Each is folded out of its events: about 15 ms, for a film of two hours ten times that. */
const MAX_LIMIT = 25;
/** Of a page, folded side by side: as many as the store works on. */
const AT_ONCE = 4;
const KEEP_MS = 1_000;
/** Of which the live picture says who plays. */
const SPAN_MS = 60_000;

const LastPlayed: z.ZodType<LastPlayedRow> = z.object({ view_id: z.string(), played_ms: z.number() });
const OpenRow: z.ZodType<OpenViewRow> = z.object({ view_id: z.string(), total_row_count: z.number() });

interface OpenViewsAsked {
  environment: { id: string; number: EnvironmentId };
  /** Of monitoring dimensions. */
  filters: readonly string[];
  /** Of the walk. */
  key: string;
  page: number;
  /** At most 25 of it are given. */
  limit: number;
  /** What is known of the present: who plays is said of `asOfMs`, log time. */
  clock: LiveClock;
}

interface OpenView {
  viewId: string;
  record: ViewRecord;
  open: boolean;
}

/** Views that play now, by id: those that did when the first page was asked, each as it stands when its page is. */
export function openViewsOnPage(
  stores: ViewStores,
  walks: ListWalks<string>,
  asked: OpenViewsAsked,
): Promise<IdPage<OpenView>> {
  const { key, page, environment, clock } = asked;
  const limit = Math.min(asked.limit, MAX_LIMIT);
  return idsOnPage<OpenView>(
    walks,
    { key, page, limit, nowMs: clock.nowMs },
    {
      list: () => listOpen(stores.analytics, asked),
      find: (ids) => foldAll(ids, (viewId) => findOpenView(stores, environment, viewId, clock.asOfMs)),
    },
  );
}

async function foldAll(ids: readonly string[], fold: (id: string) => Promise<OpenView | null>): Promise<OpenView[]> {
  const views: OpenView[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = await Promise.all(ids.slice(at, at + AT_ONCE).map(fold));
    views.push(...some.filter((view) => view !== null));
  }
  return views;
}

/**
 * Those of listed views, by id, that went on after their row was written, and play now.
 *
 * @param storedMs `asOfMs`, as asked beside the list
 */
export async function playingAgain(
  analytics: Analytics,
  environmentId: EnvironmentId,
  rows: readonly ViewListRow[],
  storedMs: number | null,
): Promise<ReadonlySet<string>> {
  const lately = rows.filter((row) => storedMs !== null && row.last_seen_ms > storedMs - FINAL_AFTER_MS);
  if (storedMs === null || lately.length === 0) return new Set();
  const lastSeenMs = new Map(lately.map((row) => [row.view_id, row.last_seen_ms]));
  const question = askLastPlayed(environmentId, [...lastSeenMs.keys()], storedMs);
  const options = { name: "last played", keepMs: KEEP_MS };
  const played = await storedUpTo(analytics, storedMs).ask(question, LastPlayed, options);
  const again = played.filter((row) => row.played_ms > (lastSeenMs.get(row.view_id) ?? 0));
  return new Set(again.map(({ view_id }) => view_id));
}

async function listOpen(analytics: Analytics, { environment, filters, clock }: OpenViewsAsked): Promise<IdList> {
  const question = askOpenViews(environment.number, parseLiveFilters(filters), clock.asOfMs);
  const rows = await askLive(analytics, question, { row: OpenRow, name: "open_views", clock });
  const toMs = Math.ceil(clock.asOfMs / 1_000) * 1_000;
  return {
    ids: rows.map(({ view_id }) => view_id),
    totalRowCount: rows[0]?.total_row_count ?? 0,
    timeframe: { fromMs: toMs - SPAN_MS, toMs },
  };
}
