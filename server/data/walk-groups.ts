import type { ZodType } from "zod";
import type { KeyedQuestion } from "../../domain/metrics/ask/ask-labels.ts";
import type { Page } from "../../domain/metrics/ask/page.ts";
import type { Scope } from "../../domain/metrics/scope.ts";
import type { Analytics } from "./analytics.ts";
import { askPage } from "./ask-page.ts";
import type { ListWalks } from "./list-walks.ts";

/** What a first page fetches: most lists have no more, and most are looked at for no more. */
const FIRST_ROWS = 250;
/** By how many rows a walk grows; each time all before them are asked again. */
const MORE_ROWS = 10_000;

/** One row for each group of views. */
export interface GroupRow {
  /** What tells the group apart from all others. */
  field: string;
  total_row_count: number;
}

/** A list of groups, without saying which page of it. */
export interface GroupList<Row extends GroupRow> {
  scope: Scope;
  ask: (scope: Scope, page: Page) => KeyedQuestion;
  row: ZodType<Row>;
  /** For the store's log. */
  name: string;
  keepMs: number;
}

export interface GroupPage<Row> {
  rows: readonly Row[];
  totalRowCount: number;
  /** What the rows are of: the range is that of the walk. */
  scope: Scope;
  /** `field`s are keys, to be named by `namesOf`. */
  keyed: boolean;
}

/**
 * A page by its number. Groups change places while views come in, so the pages behind the first go on with what was
 * fetched for it (`ListWalks`): each group is given once, with the numbers of when it was fetched.
 */
export async function groupsOnPage<Row extends GroupRow>(
  analytics: Analytics,
  walks: ListWalks<Row>,
  list: GroupList<Row>,
  { key, page, limit, nowMs }: { key: string; page: number; limit: number; nowMs: number },
): Promise<GroupPage<Row>> {
  const { scope } = list;
  const offset = (page - 1) * limit;
  const question = list.ask(scope, { limit, offset });
  const { keyed } = question;
  const walk = page === 1 ? await beginWalk(analytics, list, nowMs) : walks.find(key, page, limit, nowMs);
  if (walk === null) {
    const options = { name: list.name, keepMs: list.keepMs };
    return { ...(await askPage(analytics, question, list.row, options)), scope, keyed };
  }
  if (page === 1) walks.begin(key, walk);
  const pinned = { ...scope, ...walk.timeframe };
  while (!walk.ended && walk.rows.length < offset + limit) {
    const upTo = walk.rows.length + MORE_ROWS;
    const rows = await fetched(analytics, { ...list, scope: pinned }, upTo);
    // looked at after the wait: another page may have come to the same
    const given = new Set(walk.rows.map(({ field }) => field));
    walk.rows = [...walk.rows, ...rows.filter(({ field }) => !given.has(field))];
    walk.ended = rows.length < upTo;
  }
  walks.gave(key, walk, page, nowMs);
  const rows = walk.rows.slice(offset, offset + limit);
  return { rows, totalRowCount: walk.totalRowCount, scope: pinned, keyed };
}

async function beginWalk<Row extends GroupRow>(analytics: Analytics, list: GroupList<Row>, nowMs: number) {
  const rows = await fetched(analytics, list, FIRST_ROWS);
  const { fromMs, toMs } = list.scope;
  return {
    timeframe: { fromMs, toMs },
    totalRowCount: rows[0]?.total_row_count ?? 0,
    rows,
    base: 0,
    ended: rows.length < FIRST_ROWS,
    nextPage: 1,
    usedMs: nowMs,
  };
}

function fetched<Row extends GroupRow>(
  analytics: Analytics,
  { scope, ask, row, name, keepMs }: GroupList<Row>,
  limit: number,
): Promise<readonly Row[]> {
  return analytics.ask(ask(scope, { limit, offset: 0 }), row, { name, keepMs });
}
