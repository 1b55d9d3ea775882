/** September 2001. A smaller number is a placeholder (−1, 0), a duration or seconds. */
const EARLIEST_MS = 1e12;
/** Year 2255: the end of what the store's times hold. */
const LATEST_MS = 9e12;

/** A client's Unix time in whole milliseconds; undefined where it cannot be one. */
export function clientTime(value: unknown): number | undefined {
  return typeof value === "number" && value >= EARLIEST_MS && value <= LATEST_MS ? Math.round(value) : undefined;
}
