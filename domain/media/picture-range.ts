import type { SampleTable } from "../mp4/movie.ts";
import type { PictureIndex } from "./picture-index.ts";

/** Samples [first, end) of the source, in decode order. */
export interface SampleRange {
  first: number;
  end: number;
}

/** Samples of a segment that is cut out as it is: they are also neighbours in decode order. */
export function copiedSamples(index: PictureIndex, starts: readonly number[], segment: number): SampleRange {
  const sampleAt = (n: number): number => {
    const at = starts[n];
    return at === undefined ? index.samples.length : (index.samples[at] ?? index.samples.length);
  };
  return { first: sampleAt(segment), end: sampleAt(segment + 1) };
}

/**
 * Samples that have to be decoded to see the pictures at [from, to) of the index: from the last sync sample that is decoded
 * before all of them and shown no later than the first, to the last that is decoded. Leading pictures of the next sync sample
 * are among them when they are shown before it, and that sample with them.
 *
 * @param extraSyncs begins that many sync samples earlier, for sources whose sync samples are not quite what they claim
 */
export function decodedSamples(
  index: PictureIndex,
  table: SampleTable,
  { from, to }: { from: number; to: number },
  extraSyncs = 0,
): SampleRange {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = -1;
  for (let at = from; at < to; at += 1) {
    const sample = index.samples[at] ?? 0;
    lowest = Math.min(lowest, sample);
    highest = Math.max(highest, sample);
  }
  const firstTime = mediaTime(table, index.samples[from] ?? 0);
  let toSkip = extraSyncs;
  let first = 0;
  for (let sample = lowest; sample >= 0; sample -= 1) {
    if (table.isSync[sample] !== 1 || mediaTime(table, sample) > firstTime) continue;
    first = sample;
    if (toSkip === 0) break;
    toSkip -= 1;
  }
  return { first, end: highest + 1 };
}

function mediaTime(table: SampleTable, sample: number): number {
  return (table.dts[sample] ?? 0) + (table.cts[sample] ?? 0);
}

/** Place in the index of the picture that is on screen at `ticks`; the first or last one outside. */
export function pictureAt({ times }: PictureIndex, ticks: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((times[middle] ?? 0) <= ticks) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Places [from, to) in the index that lie within [startTicks, endTicks). */
export function picturesWithin({ times }: PictureIndex, startTicks: number, endTicks: number) {
  return { from: lowerBound(times, startTicks), to: lowerBound(times, endTicks) };
}

function lowerBound(times: Float64Array, ticks: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < ticks) low = middle + 1;
    else high = middle;
  }
  return low;
}
