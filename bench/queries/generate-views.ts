import { createHash } from "node:crypto";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { GENERATED_COLUMNS, GENERATED_PARTS } from "./generated-columns.ts";

const DAY_MS = 86_400_000;
export const DAYS = 30;
/** A Saturday's midnight: the week that is not over yet is nearly whole, the worst case for reads with versions. */
export const END_MS = Date.UTC(2026, 0, 31);
export const START_MS = END_MS - DAYS * DAY_MS;

/** Part of the hash: how the rows are laid out. */
const LAYOUT = "in the order of time, second versions behind each slice";

/** Every so many-th view is written a second time, 3 %: it changed after it was complete. */
const SECOND_VERSION_EVERY = 33;
/** Rows of one statement: a few parts of the size that merges soon make anyway. */
const ROWS_PER_INSERT = 125_000;

/**
 * Fills table `views` inside the engine in the order of time. Second versions follow soon after the views, as they do in life:
 * a view changes after it was complete when its viewer comes back within the hour, or when that hour is over without a
 * goodbye. Costs some 40 µs of processor time a view.
 */
export async function generateViews(
  clickhouse: ClickHouse,
  views: number,
  onProgress: (done: number, of: number) => void,
): Promise<void> {
  const perDay = Math.ceil(views / DAYS);
  for (let day = 0; day < DAYS; day += 1) {
    const end = Math.min(views, (day + 1) * perDay);
    for (let from = day * perDay; from < end; from += ROWS_PER_INSERT) {
      const slice = { day, perDay, from, to: Math.min(end, from + ROWS_PER_INSERT) };
      await clickhouse.command(insertStatement({ ...slice, version: 1 }));
      await clickhouse.command(insertStatement({ ...slice, version: 2 }));
    }
    onProgress(end, views);
  }
}

interface Slice {
  day: number;
  /** Views of each day. */
  perDay: number;
  /** [from, to) of the view numbers. */
  from: number;
  to: number;
  version: 1 | 2;
}

function insertStatement({ day, perDay, from, to, version }: Slice): string {
  const names = Object.keys(GENERATED_COLUMNS);
  const columns = Object.entries(GENERATED_COLUMNS).map(([name, expression]) => `${expression} AS ${name}`);
  const parts = Object.entries(GENERATED_PARTS).map(([name, expression]) => `${expression} AS ${name}`);
  const only = version === 1 ? "" : `WHERE n % ${SECOND_VERSION_EVERY} = 0`;
  const sql = `
INSERT INTO views (${names.join(", ")})
SELECT ${columns.join(",\n  ")}
FROM (SELECT number AS n, ${parts.join(",\n  ")} FROM numbers(${from}, ${to - from}) ${only})`;
  return sql
    .replaceAll("{dayMs: Int64}", String(START_MS + day * DAY_MS))
    .replaceAll("{dayFirst: UInt64}", String(day * perDay))
    .replaceAll("{perDay: UInt64}", String(perDay))
    .replaceAll("{v: UInt8}", String(version));
}

/** Same for the same rows: a store that was filled once serves again while it is the same. */
export function generatorHash(views: number): string {
  const statement = insertStatement({ day: 0, perDay: views, from: 0, to: views, version: 2 });
  return createHash("sha256")
    .update(`${views} ${DAYS} ${ROWS_PER_INSERT} ${LAYOUT} ${statement}`)
    .digest("hex")
    .slice(0, 16);
}
