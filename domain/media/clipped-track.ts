import type { SampleTable } from "../mp4/movie.ts";
import { Mp4Error } from "../mp4/mp4-error.ts";
import type { SampleRange } from "./picture-range.ts";

/** A stretch of a source's presentation, in seconds: the end is not part of it. */
export interface ClipSpan {
  startSeconds: number;
  endSeconds: number;
}

/** A track of a clip: rows that still lie in the source, with the clip's own times, and what of them is shown. */
export interface ClippedTrack {
  /** Decode times from 0 on; places in the source. */
  table: SampleTable;
  /** Of raw sound, the bytes of one tick; null for all else. */
  tickBytes: number | null;
  /** Ticks in which nothing is presented before. */
  delay: number;
  /** Media time that is shown first: what comes before is decoded only. */
  editMediaTime: number;
  /** How long it is shown from there on, ticks. */
  shownTicks: number;
}

/** Offsets are written from the lowest one on, in 31 bits. */
const MAX_OFFSET = 2 ** 30;

/** Of samples by their number in the source, in the clip's ticks. */
interface ClippedTimes {
  /** When it is shown, on the clip's media time. */
  timeOf: (sample: number) => number;
  durationOf: (sample: number) => number;
}

/**
 * Rows of the source with other times: decode times follow from durations, composition offsets from what is to be shown when.
 * Throws Mp4Error for a picture that stays absurdly long.
 */
export function clippedTable(
  source: SampleTable,
  { first, end }: SampleRange,
  { timeOf, durationOf }: ClippedTimes,
): SampleTable {
  const count = end - first;
  const table: SampleTable = {
    count,
    dts: new Float64Array(count),
    cts: new Int32Array(count),
    duration: Uint32Array.from({ length: count }, (_, row) => durationOf(first + row)),
    offset: source.offset.slice(first, end),
    size: source.size.slice(first, end),
    isSync: source.isSync.slice(first, end),
  };
  let dts = 0;
  for (let row = 0; row < count; row += 1) {
    table.dts[row] = dts;
    const offset = timeOf(first + row) - dts;
    if (Math.abs(offset) > MAX_OFFSET) throw new Mp4Error("The file shows one picture for absurdly long");
    table.cts[row] = offset;
    dts += table.duration[row] ?? 0;
  }
  return table;
}
