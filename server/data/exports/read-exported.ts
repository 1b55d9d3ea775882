import { z } from "zod";
import {
  askExported,
  askExportedTimes,
  type ExportedPage,
  type ExportedScope,
  type ExportedTimeRow,
} from "../../../domain/metrics/ask/ask-exported.ts";
import { type StoredView, viewFromRow } from "../../../domain/metrics/ask/ask-view.ts";
import type { ClickHouse } from "../../../platform/clickhouse/clickhouse.ts";

/** Views that are in memory at once, about 6 kB each: the embedded engine keeps whole answers, and nothing else may wait long. */
const PAGE = 500;

const TimeRow = z.object({ second: z.number(), views: z.number() });
const ViewRow = z.looseObject({ viewId: z.string(), firstSeenMs: z.number() });

export interface ExportedViews {
  total: number;
  /** Page by page, in the order of the table. */
  pages: AsyncIterable<StoredView[]>;
}

/** All views of an export, never more than a page of them at once. */
export async function readExported(
  clickhouse: ClickHouse,
  scope: ExportedScope,
  signal: AbortSignal,
): Promise<ExportedViews> {
  signal.throwIfAborted();
  const { sql, params } = askExportedTimes(scope);
  const times = await clickhouse.query(sql, params, TimeRow, { name: "exported times", signal });
  return {
    total: times.reduce((sum, { views }) => sum + views, 0),
    pages: readPages(clickhouse, scope, times, signal),
  };
}

async function* readPages(
  clickhouse: ClickHouse,
  scope: ExportedScope,
  times: readonly ExportedTimeRow[],
  signal: AbortSignal,
): AsyncGenerator<StoredView[]> {
  for (const { fromSecond, toSecond } of windows(times)) {
    let after: ExportedPage["after"] = null;
    for (;;) {
      signal.throwIfAborted();
      const { sql, params } = askExported(scope, { fromSecond, toSecond, after, limit: PAGE });
      const rows = await clickhouse.query(sql, params, ViewRow, { name: "exported views", signal });
      if (rows.length > 0) yield rows.map(viewFromRow);
      after = rows.at(-1) ?? null;
      if (rows.length < PAGE) break;
    }
  }
}

/**
 * Spans of time with about a page of views each. A page is found by sorting its span, so a span must not hold the whole day; a
 * second that holds more than a page is one by itself.
 */
function* windows(times: readonly ExportedTimeRow[]): Generator<Pick<ExportedPage, "fromSecond" | "toSecond">> {
  let held = 0;
  let fromSecond: number | null = null;
  for (const [at, { second, views }] of times.entries()) {
    fromSecond ??= second;
    held += views;
    const next = times[at + 1];
    if (next !== undefined && held + next.views <= PAGE) continue;
    yield { fromSecond, toSecond: second + 1 };
    held = 0;
    fromSecond = null;
  }
}
