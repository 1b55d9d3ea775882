import { type Picture, pointTimeMs } from "./timeline.ts";

/** The chart's data by column, as plotting libraries want it; all of one length. */
export interface ChartColumns {
  /** Unix seconds. */
  timeSeconds: number[];
  /** Viewers in closed buckets; null from the first open one on. */
  closed: (number | null)[];
  /** Viewers in open buckets, beginning with the last closed one, so that the lines meet. */
  open: (number | null)[];
  /** Per cent, for an axis that reads as people do. */
  rebufferingPercent: (number | null)[];
}

export function chartColumns({ buckets, asOfMs }: Picture): ChartColumns {
  const firstOpen = buckets.findIndex(({ open }) => open);
  const openFrom = firstOpen === -1 ? buckets.length : firstOpen;
  return {
    timeSeconds: buckets.map((bucket) => pointTimeMs(bucket, asOfMs) / 1_000),
    closed: buckets.map(({ viewers }, index) => (index < openFrom ? viewers : null)),
    open: buckets.map(({ viewers }, index) => (index >= openFrom - 1 ? viewers : null)),
    rebufferingPercent: buckets.map(({ rebufferingRatio }) =>
      rebufferingRatio === null ? null : rebufferingRatio * 100,
    ),
  };
}

const NICE_STEPS = [1, 2, 2.5, 5, 10];

/** Axis marks from 0 upwards: whole round numbers, at most `most` above zero, the last at or above `highest`. */
export function axisMarks(highest: number, most: number): number[] {
  const rough = Math.max(1, highest) / most;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const factor = NICE_STEPS.find((step) => step * magnitude >= rough) ?? 10;
  const step = Math.max(1, Math.ceil(factor * magnitude));
  const count = Math.max(1, Math.ceil(highest / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
