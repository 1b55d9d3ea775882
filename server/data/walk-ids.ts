import type { Timeframe } from "../../domain/data-api/timeframe.ts";
import type { ListWalks, Walk } from "./list-walks.ts";

/** All ids of a list, in its order. */
export interface IdList {
  ids: readonly string[];
  totalRowCount: number;
  timeframe: Timeframe;
}

/** Of rows that are found by their ids, each as it is when its page is asked. */
export interface IdPage<Row> {
  rows: readonly Row[];
  totalRowCount: number;
  timeframe: Timeframe;
}

/**
 * A page by its number of what there was when page 1 was asked (`ListWalks`). What is gone since is left out, and never a
 * whole page before the last, where a client would take it for the end.
 *
 * @param find rows by ids, in their order, without those that are gone
 */
export async function idsOnPage<Row>(
  walks: ListWalks<string>,
  { key, page, limit, nowMs }: { key: string; page: number; limit: number; nowMs: number },
  { list, find }: { list: () => Promise<IdList>; find: (ids: readonly string[]) => Promise<readonly Row[]> },
): Promise<IdPage<Row>> {
  const known = page === 1 ? null : walks.find(key, page, limit, nowMs);
  const walk = known ?? walkOfIds(await list(), nowMs);
  if (known === null) walks.begin(key, walk);
  const { timeframe, totalRowCount } = walk;
  const start = (page - 1) * limit;
  for (;;) {
    const ids = walk.rows.slice(start, start + limit);
    const rows = ids.length === 0 ? [] : await find(ids);
    if (rows.length === 0 && ids.length > 0) {
      const gone = new Set(ids);
      walk.rows = walk.rows.filter((id) => !gone.has(id));
      continue;
    }
    walks.gave(key, walk, page, nowMs);
    return { rows, totalRowCount, timeframe };
  }
}

function walkOfIds({ ids, totalRowCount, timeframe }: IdList, nowMs: number): Walk<string> {
  return { timeframe, totalRowCount, rows: ids, base: 0, ended: true, nextPage: 1, usedMs: nowMs };
}
