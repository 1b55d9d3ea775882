import type { SampleTable } from "../mp4/movie.ts";
import { mediaTimeOf, type PictureIndex } from "./picture-index.ts";

/** The first segments are short, so that the first picture comes soon (measured: 2 s cost half of what 4 s cost). */
const FIRST_TARGETS_SECONDS = [2, 2];
const TARGET_SECONDS = 4;
/** A sync sample this close before the target is taken rather than the next one, a whole GOP later. */
const EARLY_RATIO = 0.9;
/** Longest segment for which the source's own sync samples are kept; beyond it a grid of exact frame times is better. */
const MAX_SYNC_SEGMENT_SECONDS = 10;
/** The same where the first picture is none of them, as in most clips: all is encoded then, shorter ones are there sooner. */
const MAX_ENCODED_SEGMENT_SECONDS = 6;

export interface Boundaries {
  /** `sync`: every segment, the first perhaps not, begins with a sync sample of the source. `grid`: at frame times, every segment is encoded. */
  kind: "sync" | "grid";
  /** Places in the picture index where segments begin; the first is 0. */
  starts: readonly number[];
}

/** Where segments begin: at the source's sync samples where they lie at a usable distance, else on a grid of frame times. */
export function segmentBoundaries(index: PictureIndex, table: SampleTable): Boundaries {
  const starts = walk(index, (at) => table.isSync[index.samples[at] ?? 0] === 1, EARLY_RATIO);
  const isFirstSync = table.isSync[index.samples[0] ?? 0] === 1;
  const maxSeconds = isFirstSync ? MAX_SYNC_SEGMENT_SECONDS : MAX_ENCODED_SEGMENT_SECONDS;
  if (longestSeconds(index, starts) <= maxSeconds) return { kind: "sync", starts };
  return { kind: "grid", starts: walk(index, () => true, 1) };
}

function walk({ times, timescale }: PictureIndex, mayBegin: (at: number) => boolean, ratio: number): number[] {
  const starts = [0];
  let begin = 0;
  for (let at = 1; at < times.length; at += 1) {
    const targetSeconds = FIRST_TARGETS_SECONDS[starts.length - 1] ?? TARGET_SECONDS;
    const time = times[at] ?? 0;
    if (time - begin < ratio * targetSeconds * timescale || !mayBegin(at)) continue;
    starts.push(at);
    begin = time;
  }
  return starts;
}

function longestSeconds({ times, timescale, end }: PictureIndex, starts: readonly number[]): number {
  const lengths = starts.map((at, n) => (timeAt(times, starts[n + 1], end) - (times[at] ?? 0)) / timescale);
  return Math.max(...lengths);
}

function timeAt(times: Float64Array, at: number | undefined, end: number): number {
  return at === undefined ? end : (times[at] ?? end);
}

/**
 * True when each segment can be cut out of the source as it is: what is decoded from a boundary on is also shown from it on,
 * and nothing before is needed (closed GOPs, no leading pictures). Whether a sync sample is a real IDR is for the reader of
 * its bytes to say.
 */
export function canCopySegments(index: PictureIndex, table: SampleTable, starts: readonly number[]): boolean {
  if (index.samples.length !== table.count) return false; // hidden samples: players would show them
  const firsts = starts.map((at) => index.samples[at] ?? 0);
  if (firsts[0] !== 0 || firsts.some((sample) => table.isSync[sample] !== 1)) return false;
  const earliestAfter = new Float64Array(table.count + 1).fill(Number.POSITIVE_INFINITY);
  for (let sample = table.count - 1; sample >= 0; sample -= 1) {
    earliestAfter[sample] = Math.min(earliestAfter[sample + 1] ?? 0, mediaTimeOf(table, sample));
  }
  const latestBefore = new Float64Array(table.count + 1).fill(Number.NEGATIVE_INFINITY);
  for (let sample = 0; sample < table.count; sample += 1) {
    latestBefore[sample + 1] = Math.max(latestBefore[sample] ?? 0, mediaTimeOf(table, sample));
  }
  return firsts.every((sample) => {
    const time = mediaTimeOf(table, sample);
    return (earliestAfter[sample] ?? 0) >= time && (latestBefore[sample] ?? 0) < time;
  });
}
