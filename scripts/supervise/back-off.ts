const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** A child that lived this long was healthy: its next death counts as the first. */
const HEALTHY_MS = 60_000;

/** Deaths in a row, this one included, of a child that has just ended after `livedMs`. */
export function deathsInARow(before: number, livedMs: number): number {
  return livedMs >= HEALTHY_MS ? 1 : before + 1;
}

/** Milliseconds to wait before the next attempt: 0.5 s, doubled with each death in a row, at most 30 s. */
export function backOffMs(deaths: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (deaths - 1), LONGEST_WAIT_MS);
}
