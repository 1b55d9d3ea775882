import type { SampleTable } from "../mp4/movie.ts";
import { mediaTimeOf, type PictureIndex } from "./picture-index.ts";

/** For each of these times the sync sample whose picture is shown nearest to it. Empty when no sync sample is shown. */
export function nearestSyncs(index: PictureIndex, table: SampleTable, ticks: readonly number[]): number[] {
  const syncs = Array.from(index.samples).filter((sample) => table.isSync[sample] === 1);
  const timeOf = (at: number): number => {
    const sample = syncs[at];
    if (sample === undefined) return Number.POSITIVE_INFINITY;
    return (mediaTimeOf(table, sample) - index.mediaOrigin) * index.factor;
  };
  return ticks.flatMap((time) => {
    let [low, high] = [0, syncs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (timeOf(middle) < time) low = middle + 1;
      else high = middle;
    }
    const isBeforeNearer = low > 0 && time - timeOf(low - 1) <= timeOf(low) - time;
    return syncs[isBeforeNearer ? low - 1 : low] ?? [];
  });
}
