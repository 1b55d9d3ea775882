import type { PlayedMomentsRow } from "./ask/ask-engagement.ts";

/** Numbers of buckets a heatmap may have (data-api.md §9.3): each is a part or a multiple of {@link HUNDREDTHS}. */
const BUCKETS = [10, 20, 25, 50, ...Array.from({ length: 10 }, (_, at) => 100 * (at + 1))];
const SECOND_MS = 1_000;
/** Of the older shape, whatever the length. */
const HUNDREDTHS = 100;

/** How often each part of a video was played. */
export interface Heatmap {
  /** Over the buckets of the video's length. */
  times: number[];
  /** The same over its hundredths. */
  hundredths: number[];
  /** Views that played any of it. */
  views: number;
}

/** Into how many parts a video of this length is cut: none shorter than a second, except for those under 10 seconds. */
export function bucketCount(lengthMs: number): number {
  return BUCKETS.findLast((count) => count * SECOND_MS <= lengthMs) ?? 10;
}

/** In how many cells moments are asked (`askPlayedMoments`): both shapes are made of them. */
export function cellCount(lengthMs: number): number {
  return Math.max(bucketCount(lengthMs), HUNDREDTHS);
}

/** @param rows answer of `askPlayedMoments` for `cellCount` cells; none for a video that nobody played */
export function heatmapOf(rows: readonly PlayedMomentsRow[], lengthMs: number): Heatmap {
  const cells = playedTimes(rows, cellCount(lengthMs));
  return {
    times: merged(cells, bucketCount(lengthMs)),
    hundredths: merged(cells, HUNDREDTHS),
    views: rows.reduce((sum, { views }) => sum + views, 0),
  };
}

/** How often each cell was played: the time that was spent in it, in all views, by its length. */
function playedTimes(rows: readonly PlayedMomentsRow[], cells: number): number[] {
  const byCell = new Map(rows.map((row) => [row.cell, row]));
  let running = 0;
  return Array.from({ length: cells }, (_, cell) => {
    const { net, offset } = byCell.get(cell) ?? { net: 0, offset: 0 };
    running += net;
    return running - offset;
  });
}

/** Neighbouring cells as one: they are equally long. */
function merged(cells: readonly number[], count: number): number[] {
  const width = cells.length / count;
  return Array.from({ length: count }, (_, at) => {
    const held = cells.slice(at * width, (at + 1) * width);
    return toThousandths(held.reduce((sum, times) => sum + times, 0) / width);
  });
}

/** Rounding errors of sums stay unseen, and nothing is -0. */
function toThousandths(times: number): number {
  return Math.max(0, Math.round(times * 1_000) / 1_000);
}
