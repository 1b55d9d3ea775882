const DAY_MS = 86_400_000;
/** Time without news after which a view is over (data-api.md §11), and a little more, until what came of it is stored. */
const SETTLED_MS = 61 * 60_000;
/** How long a file is kept behind its day (data-api.md §10). */
export const KEPT_DAYS = 7;

/** A day of UTC as 2026-01-31. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** [fromMs, toMs) of such a day, Unix milliseconds. */
export function dayRange(day: string): { fromMs: number; toMs: number } {
  const fromMs = Date.parse(`${day}T00:00:00.000Z`);
  return { fromMs, toMs: fromMs + DAY_MS };
}

/** When the file of a day is deleted, Unix milliseconds. */
export function deletedAtMs(day: string): number {
  return dayRange(day).toMs + KEPT_DAYS * DAY_MS;
}

/** The first day whose file is kept now. */
export function oldestKeptDay(nowMs: number): string {
  return dayOf(nowMs - KEPT_DAYS * DAY_MS);
}

/**
 * The days whose files are to be there, in order: kept ones of which nothing can change any more.
 *
 * @param storedUntilMs log time up to which everything is stored; null while nothing is
 */
export function closedDays(nowMs: number, storedUntilMs: number | null): string[] {
  if (storedUntilMs === null) return [];
  const first = dayRange(oldestKeptDay(nowMs)).fromMs;
  const days = Array.from({ length: KEPT_DAYS + 1 }, (_, at) => dayOf(first + at * DAY_MS));
  return days.filter((day) => dayRange(day).toMs + SETTLED_MS <= Math.min(storedUntilMs, nowMs));
}
