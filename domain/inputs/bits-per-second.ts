/** 4 Gbit/s; more does not fit the store's columns, and no player plays it. */
const MAX_KILOBITS = 4_000_000;

/** From kbit/s, in which both formats tell bitrates; undefined where it cannot be one. */
export function bitsPerSecond(kilobits: number | undefined): number | undefined {
  if (kilobits === undefined || !(kilobits >= 0 && kilobits <= MAX_KILOBITS)) return undefined;
  return Math.round(kilobits * 1_000);
}
