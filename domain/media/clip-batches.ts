import type { SampleTable } from "../mp4/movie.ts";
import type { SampleRange } from "./picture-range.ts";

/** Read, held and written at once: a second or a few of film. */
const BATCH_BYTES = 4 * 2 ** 20;

type Places = Pick<SampleTable, "count" | "offset" | "size">;

/**
 * Parts in which the samples of several tracks are moved from one file to another, so that the source is read once and in order,
 * however its tracks lie to each other. Each gives the rows of every track that it holds, in decode order.
 */
export function clipBatches(tables: readonly Places[], batchBytes = BATCH_BYTES): SampleRange[][] {
  const batches: SampleRange[][] = [];
  const next = tables.map(() => 0);
  while (tables.some(({ count }, track) => (next[track] ?? 0) < count)) {
    const firsts = [...next];
    for (let bytes = 0; bytes < batchBytes; ) {
      const track = nearestTrack(tables, next);
      if (track === null) break;
      const row = next[track] ?? 0;
      bytes += tables[track]?.size[row] ?? 0;
      next[track] = row + 1;
    }
    batches.push(firsts.map((first, track) => ({ first, end: next[track] ?? first })));
  }
  return batches;
}

/** The track whose next sample lies first in the source; null when all are through. */
function nearestTrack(tables: readonly Places[], next: readonly number[]): number | null {
  let nearest: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [track, { count, offset }] of tables.entries()) {
    const row = next[track] ?? 0;
    const place = row < count ? (offset[row] ?? 0) : Number.POSITIVE_INFINITY;
    if (place >= least) continue;
    [nearest, least] = [track, place];
  }
  return nearest;
}

/** A sample of a batch. */
export interface BatchSample {
  track: number;
  /** Place among the batch's samples of its track. */
  place: number;
  offset: number;
  size: number;
}

/** A batch's samples in the order in which they lie in the source. */
export function batchOrder(tables: readonly Places[], batch: readonly SampleRange[]): BatchSample[] {
  const samples = batch.flatMap(({ first, end }, track) =>
    Array.from({ length: end - first }, (_, place) => ({
      ...{ track, place },
      offset: tables[track]?.offset[first + place] ?? 0,
      size: tables[track]?.size[first + place] ?? 0,
    })),
  );
  return samples.sort((one, other) => one.offset - other.offset);
}
