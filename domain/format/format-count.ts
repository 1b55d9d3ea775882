const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** What stands where nothing was there to measure. */
export const NOTHING = "–";

/** `12,481`: every viewer counts, so nothing is rounded away. */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** `12.5K`, for axes where only the size matters. */
export function formatCompactCount(count: number): string {
  return COMPACT.format(count);
}

/** `+132`, `−8` (a real minus sign, as wide as the plus), `±0`. */
export function formatChange(change: number): string {
  if (Math.round(change) === 0) return "±0";
  return `${change > 0 ? "+" : "−"}${WHOLE.format(Math.abs(change))}`;
}

/** `1 viewer`, `2 viewers`. */
export function formatViewers(count: number): string {
  return `${formatCount(count)} ${Math.round(count) === 1 ? "viewer" : "viewers"}`;
}
