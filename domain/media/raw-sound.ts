import type { SampleTable, Track } from "../mp4/movie.ts";
import { Mp4Error } from "../mp4/mp4-error.ts";
import { isRawEntry } from "./sound-entries.ts";
import { TOO_LONG } from "./source-length.ts";

/** A tenth of a second at 48 kHz: as much as is read in vain at each end of what is wanted. */
const MAX_ROW_TICKS = 4_800;

/** 12 hours at 192 kHz are 1.7 million. */
const MAX_ROWS = 4_000_000;

/**
 * Raw sound has one row a chunk in its table, and a chunk may be the whole file: gives the track with rows that are short
 * enough to be read one by one. Other tracks are returned as they are. Throws Mp4Error for what is absurdly long.
 */
export function withShortRows(track: Track): Track {
  const { samples: table } = track;
  if (tickBytes(track) === null || table.duration.every((ticks) => ticks <= MAX_ROW_TICKS)) return track;
  const count = table.duration.reduce((sum, ticks) => sum + Math.ceil(ticks / MAX_ROW_TICKS), 0);
  if (count > MAX_ROWS) throw new Mp4Error(TOO_LONG);
  const rows: SampleTable = {
    count,
    dts: new Float64Array(count),
    cts: new Int32Array(count),
    duration: new Uint32Array(count),
    offset: new Float64Array(count),
    size: new Uint32Array(count),
    isSync: new Uint8Array(count).fill(1),
  };
  let row = 0;
  for (let chunk = 0; chunk < table.count; chunk += 1) {
    const ticks = table.duration[chunk] ?? 0;
    const frameBytes = (table.size[chunk] ?? 0) / ticks;
    for (let tick = 0; tick < ticks; tick += MAX_ROW_TICKS, row += 1) {
      rows.dts[row] = (table.dts[chunk] ?? 0) + tick;
      rows.duration[row] = Math.min(MAX_ROW_TICKS, ticks - tick);
      rows.offset[row] = (table.offset[chunk] ?? 0) + tick * frameBytes;
      rows.size[row] = (rows.duration[row] ?? 0) * frameBytes;
    }
  }
  return { ...track, samples: rows };
}

/** Bytes of one tick of all channels; null for what is no raw sound, or not all of one size. */
export function tickBytes({
  entryTypes,
  samples: { size, duration },
}: Pick<Track, "entryTypes" | "samples">): number | null {
  const bytes = (size[0] ?? 0) / (duration[0] ?? 1);
  const isRaw = entryTypes.every(isRawEntry) && Number.isInteger(bytes) && bytes > 0;
  return isRaw && size.every((all, row) => all === bytes * (duration[row] ?? 0)) ? bytes : null;
}
