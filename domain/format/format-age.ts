const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Older than this a date says more. */
const LONGEST_AGE_MS = 7 * DAY_MS;

/** How long ago something happened: `just now`, `4 min ago`, `3 h ago`, `yesterday`, `5 days ago`, then the date. */
export function formatAge(timeMs: number, nowMs: number, timeZone?: string): string {
  const ageMs = Math.max(0, nowMs - timeMs); // a clock that is a little behind sees the future
  if (ageMs < MINUTE_MS) return "just now";
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min ago`;
  if (ageMs < DAY_MS) return `${Math.floor(ageMs / HOUR_MS)} h ago`;
  if (ageMs < 2 * DAY_MS) return "yesterday";
  if (ageMs < LONGEST_AGE_MS) return `${Math.floor(ageMs / DAY_MS)} days ago`;
  return formatDate(timeMs, timeZone);
}

/** `14 Mar 2026` */
export function formatDate(timeMs: number, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", ...zone }).format(timeMs);
}

/** `14 Mar 2026, 09:03:25` */
export function formatMoment(timeMs: number, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", ...zone }).format(timeMs);
}
