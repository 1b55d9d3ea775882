/** Whole milliseconds, in seconds: images of a range are stored under their times. */
export function toMs(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
