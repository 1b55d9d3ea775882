import { NOTHING } from "./format-count.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A number and its unit apart, so that a page can set the unit smaller. */
export interface Quantity {
  value: string;
  unit: string;
}

/** A short time such as the wait for a first frame: `840 ms`, `1.24 s`, `12.4 s`, `2 min 5 s`. */
export function splitDuration(durationMs: number | null): Quantity {
  if (durationMs === null) return { value: NOTHING, unit: "" };
  const wholeMs = Math.round(durationMs);
  if (wholeMs < SECOND_MS) return { value: String(wholeMs), unit: "ms" };
  const seconds = wholeMs / SECOND_MS;
  if (seconds < 9.995) return { value: seconds.toFixed(2), unit: "s" };
  if (seconds < 99.95) return { value: seconds.toFixed(1), unit: "s" };
  return { value: formatElapsed(wholeMs), unit: "" };
}

export function formatDuration(durationMs: number | null): string {
  const { value, unit } = splitDuration(durationMs);
  return unit === "" ? value : `${value} ${unit}`;
}

/** A time that runs while one looks: `42 s`, `3 min 5 s`, `2 h 14 min`. Rounded down, as clocks do. */
export function formatElapsed(elapsedMs: number): string {
  const elapsed = Math.max(0, elapsedMs);
  if (elapsed < MINUTE_MS) return `${Math.floor(elapsed / SECOND_MS)} s`;
  if (elapsed < HOUR_MS) {
    return `${Math.floor(elapsed / MINUTE_MS)} min ${Math.floor((elapsed % MINUTE_MS) / SECOND_MS)} s`;
  }
  return `${Math.floor(elapsed / HOUR_MS)} h ${Math.floor((elapsed % HOUR_MS) / MINUTE_MS)} min`;
}

/** How old a picture is: `0.8 s` below ten seconds, where tenths tell; whole units above. */
export function formatDelay(delayMs: number): string {
  const delay = Math.max(0, delayMs);
  return delay < 9_950 ? `${(delay / SECOND_MS).toFixed(1)} s` : formatElapsed(delay);
}
