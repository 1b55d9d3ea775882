import { createHash } from "node:crypto";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { GENERATED_COLUMNS, GENERATED_PARTS } from "./generated-columns.ts";

const DAY_MS = 86_400_000;
export const DAYS = 30;
/** A Saturday's midnight: the week that is not over yet is nearly whole, the worst case for reads with versions. */
export const END_MS = Date.UTC(2026, 0, 31);
export const START_MS = END_MS - DAYS * DAY_MS;

/** Every so many-th view is written a second time, 3 %: it changed after it was complete. */
const SECOND_VERSION_EVERY = 33;
/** Rows of one statement: a few parts of the size that merges soon make anyway. */
const ROWS_PER_INSERT = 125_000;

/**
 * Fills table `views` inside the engine. Days follow each other as they would in life; then the second versions of all
 * days, the worst layout that reads can meet. Costs some 40 µs of processor time a view.
 */
export async function generateViews(
  clickhouse: ClickHouse,
  views: number,
  onProgress: (done: number, of: number) => void,
): Promise<void> {
  const perDay = Math.ceil(views / DAYS);
  for (let day = 0; day < DAYS; day += 1) {
    const [from, to] = [day * perDay, Math.min(views, (day + 1) * perDay)];
    for (let at = from; at < to; at += ROWS_PER_INSERT) {
      await insert(clickhouse, { day, from: at, to: Math.min(to, at + ROWS_PER_INSERT), version: 1 });
    }
    onProgress(to, views);
  }
  for (let day = 0; day < DAYS; day += 1) {
    await insert(clickhouse, { day, from: day * perDay, to: Math.min(views, (day + 1) * perDay), version: 2 });
  }
}

interface Slice {
  day: number;
  /** [from, to) of the view numbers. */
  from: number;
  to: number;
  version: 1 | 2;
}

async function insert(clickhouse: ClickHouse, slice: Slice): Promise<void> {
  if (slice.to > slice.from) await clickhouse.command(insertStatement(slice));
}

function insertStatement({ day, from, to, version }: Slice): string {
  const names = Object.keys(GENERATED_COLUMNS);
  const columns = Object.entries(GENERATED_COLUMNS).map(([name, expression]) => `${expression} AS ${name}`);
  const parts = Object.entries(GENERATED_PARTS).map(([name, expression]) => `${expression} AS ${name}`);
  const only = version === 1 ? "" : `WHERE n % ${SECOND_VERSION_EVERY} = 0`;
  const sql = `
INSERT INTO views (${names.join(", ")})
SELECT ${columns.join(",\n  ")}
FROM (SELECT number AS n, ${parts.join(",\n  ")} FROM numbers(${from}, ${to - from}) ${only})`;
  return sql.replaceAll("{dayMs: Int64}", String(START_MS + day * DAY_MS)).replaceAll("{v: UInt8}", String(version));
}

/** Same for the same rows: a store that was filled once serves again while it is the same. */
export function generatorHash(views: number): string {
  const statement = insertStatement({ day: 0, from: 0, to: views, version: 2 });
  return createHash("sha256").update(`${views} ${DAYS} ${ROWS_PER_INSERT} ${statement}`).digest("hex").slice(0, 16);
}
