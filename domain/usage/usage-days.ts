import { dayOf, dayRange } from "../data-api/export-days.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long a file is kept behind its day. */
const KEPT_DAYS = 400;
/** How long the store has what files are made of (migrations/clickhouse/0025_deliveries.sql), less what rounding could cost. */
const STORED_DAYS = 99;
/** When the last of a day is stored if nothing is in the way. */
const SETTLED_MS = HOUR_MS;
/** When nothing of a day can come any more: the log keeps for 48 hours what the store does not take (docs/decisions/usage.md). */
const FINAL_MS = 50 * HOUR_MS;

/** The window that is told where none is asked for: an hour, from the 13th to the 12th before now (reference video-api.md §6). */
export function defaultUsageWindow(nowMs: number): { fromMs: number; toMs: number } {
  const fromMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS - 13 * HOUR_MS;
  return { fromMs, toMs: fromMs + HOUR_MS };
}

/** The first day whose file is kept now. */
export function oldestUsageDay(nowMs: number): string {
  return dayOf(nowMs - KEPT_DAYS * DAY_MS);
}

/** The days of which files can be made now, in order; none from before there was anything to count. */
export function usageDays(nowMs: number, sinceMs: number): string[] {
  const firstMs = dayRange(dayOf(Math.max(sinceMs, nowMs - STORED_DAYS * DAY_MS))).fromMs;
  const count = Math.max(0, Math.floor((nowMs - SETTLED_MS - firstMs) / DAY_MS));
  return Array.from({ length: count }, (_, at) => dayOf(firstMs + at * DAY_MS));
}

/** Whether a day's file is to be made: it is not there, or was made before all of the day was sure to be stored. */
export function isUsageFileDue(day: string, madeAtMs: number | null, nowMs: number): boolean {
  if (madeAtMs === null) return true;
  const finalMs = dayRange(day).toMs + FINAL_MS;
  return madeAtMs < finalMs && nowMs >= finalMs;
}
