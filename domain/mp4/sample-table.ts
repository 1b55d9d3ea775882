import { type Box, Fields, findBox, requireBox } from "./box-reader.ts";
import { type ChunkTable, openChunkTable, visitChunks } from "./chunk-table.ts";
import { damaged, Mp4Error } from "./mp4-error.ts";
import { openSampleSizes, type SampleSizes } from "./sample-sizes.ts";

/** Columns over all samples in decode order; times in the track's timescale. */
export interface SampleTable {
  count: number;
  dts: Float64Array;
  /** Presentation minus decode time. */
  cts: Int32Array;
  duration: Uint32Array;
  /** Of the sample's first byte in the file. Whether the file is that long is not known here. */
  offset: Float64Array;
  size: Uint32Array;
  isSync: Uint8Array;
}

interface Limits {
  isSound: boolean;
  /** A track of more rows is refused. */
  maxSamples: number;
}

/**
 * Expands the tables of an `stbl` (ISO/IEC 14496-12 §8.6, §8.7) into one row a sample. The counts are compared with each other
 * and with the bytes that are there before anything is allocated: `stsz` alone may claim four thousand million samples in
 * twenty bytes.
 */
export function readSampleTable(stbl: readonly Box[], { isSound, maxSamples }: Limits): SampleTable {
  const sizes = openSampleSizes(stbl);
  const durations = openRuns(requireBox(stbl, "stts"));
  const chunks = openChunkTable(stbl);
  if (countOf(durations) < sizes.count) throw damaged("it has more samples than times (stts)");
  if (chunks.sampleCount < sizes.count) throw damaged("it has more samples than places (stsc)");
  const isRawSound = isSound && sizes.fixedBytes > 0 && durations.count === 1 && durations.view.getUint32(4) === 1;
  if (isRawSound) return readRawSound(sizes, chunks, maxSamples);
  if (sizes.count > maxSamples) throw tooMany();

  const table = allocate(sizes.count);
  sizes.fill(table.size);
  fillTimes(table, durations);
  fillOffsets(table, chunks);
  fillCompositionOffsets(table.cts, findBox(stbl, "ctts"));
  fillSync(table.isSync, isSound ? null : findBox(stbl, "stss")); // some writers give sound an empty one
  return table;
}

function allocate(count: number): SampleTable {
  return {
    count,
    dts: new Float64Array(count),
    cts: new Int32Array(count),
    duration: new Uint32Array(count),
    offset: new Float64Array(count),
    size: new Uint32Array(count),
    isSync: new Uint8Array(count),
  };
}

export const EMPTY_TABLE: SampleTable = allocate(0);

function tooMany(): Mp4Error {
  return new Mp4Error("The file has more than 20 million samples");
}

/** `stts` or `ctts`: pairs of how many samples and their value. */
interface Runs {
  view: DataView;
  count: number;
}

function openRuns(box: Box): Runs {
  const fields = new Fields(box.body).skip(4);
  const count = fields.countOf(8);
  return { view: fields.rest(), count };
}

function countOf({ view, count }: Runs): number {
  let samples = 0;
  for (let run = 0; run < count; run++) samples += view.getUint32(run * 8);
  return samples;
}

function fillTimes({ dts, duration, count }: SampleTable, { view, count: runs }: Runs): void {
  let time = 0;
  let sample = 0;
  for (let run = 0; run < runs && sample < count; run++) {
    const end = Math.min(count, sample + view.getUint32(run * 8));
    const ticks = view.getUint32(run * 8 + 4);
    if (ticks >= 2 ** 31) throw damaged("a sample lasts less than no time");
    duration.fill(ticks, sample, end);
    for (; sample < end; sample++) {
      dts[sample] = time;
      time += ticks;
    }
  }
  if (!Number.isSafeInteger(time)) throw damaged("its samples last absurdly long");
}

function fillOffsets({ offset, size, count }: SampleTable, chunks: ChunkTable): void {
  let sample = 0;
  visitChunks(chunks, (chunkOffset, samples) => {
    const end = Math.min(count, sample + samples);
    for (let at = chunkOffset; sample < end; sample++) {
      offset[sample] = at;
      at += size[sample] ?? 0;
    }
    return sample < count;
  });
}

/** Signed in version 1; in version 0 writers that needed a negative one put it there all the same. */
function fillCompositionOffsets(cts: Int32Array, ctts: Box | null): void {
  if (ctts === null) return;
  const runs = openRuns(ctts);
  if (countOf(runs) < cts.length) throw damaged("it has more samples than composition offsets (ctts)");
  let sample = 0;
  for (let run = 0; run < runs.count && sample < cts.length; run++) {
    const end = sample + runs.view.getUint32(run * 8);
    cts.fill(runs.view.getInt32(run * 8 + 4), sample, end);
    sample = end;
  }
}

/** Without `stss` every sample is a sync sample. */
function fillSync(isSync: Uint8Array, stss: Box | null): void {
  if (stss === null) {
    isSync.fill(1);
    return;
  }
  const fields = new Fields(stss.body).skip(4);
  const count = fields.countOf(4);
  const numbers = fields.rest();
  for (let at = 0; at < count; at++) {
    const sample = numbers.getUint32(at * 4) - 1;
    if (sample < 0 || sample >= isSync.length) throw damaged("a sync sample does not exist (stss)");
    isSync[sample] = 1;
  }
}

/**
 * Raw sound (PCM) has one sample a tick: 173 million an hour, all alike. Here it has one row a chunk.
 */
function readRawSound(sizes: SampleSizes, chunks: ChunkTable, maxSamples: number): SampleTable {
  if (chunks.count > maxSamples) throw tooMany();
  const table = allocate(chunks.count);
  let row = 0;
  let tick = 0;
  visitChunks(chunks, (chunkOffset, samples) => {
    const ticks = Math.min(samples, sizes.count - tick);
    if (ticks === 0) return tick < sizes.count;
    if (ticks * sizes.fixedBytes >= 2 ** 32) throw damaged("a chunk of sound is absurdly long");
    table.dts[row] = tick;
    table.duration[row] = ticks;
    table.offset[row] = chunkOffset;
    table.size[row] = ticks * sizes.fixedBytes;
    row++;
    tick += ticks;
    return tick < sizes.count;
  });
  table.isSync.fill(1);
  return firstRows(table, row);
}

function firstRows(table: SampleTable, count: number): SampleTable {
  return {
    count,
    dts: table.dts.subarray(0, count),
    cts: table.cts.subarray(0, count),
    duration: table.duration.subarray(0, count),
    offset: table.offset.subarray(0, count),
    size: table.size.subarray(0, count),
    isSync: table.isSync.subarray(0, count),
  };
}
