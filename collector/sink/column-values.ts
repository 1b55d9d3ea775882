const DAY_MS = 86_400_000;
/** DateTime64(3) holds 1900–2299; client clocks can claim anything. */
const OLDEST_MS = 0;
const NEWEST_MS = Date.UTC(2200, 0, 1);

const UINT32_MAX = 4_294_967_295;

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** 0 for what is not a number. */
export function uint32(value: number): number {
  return Number.isNaN(value) ? 0 : Math.round(clamp(value, 0, UINT32_MAX));
}

/** A number in JSON is a DateTime64(3)'s milliseconds as they are: a tenth of the work of writing and reading a date. */
export function dateTime64(timeMs: number): number {
  return Math.floor(clamp(timeMs, OLDEST_MS, NEWEST_MS));
}

let newest = { day: Number.NaN, text: "" };

/** Day after which the row may go; a function of values that never change. */
export function expiry(firstSeenMs: number, retentionDays: number): string {
  const day = Math.floor((firstSeenMs + retentionDays * DAY_MS) / DAY_MS);
  if (newest.day !== day) newest = { day, text: new Date(day * DAY_MS).toISOString().slice(0, 10) };
  return newest.text;
}
