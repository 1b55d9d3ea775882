import { type Box, Fields, findBox, requireBox } from "./box-reader.ts";
import { damaged } from "./mp4-error.ts";

/** Where chunks (runs of samples that lie together) begin, and how many samples each has. */
export interface ChunkTable {
  count: number;
  /** Samples in all chunks; more than the track has where the last chunk is not full. */
  sampleCount: number;
  /** `stco` or `co64` after its count. */
  offsets: DataView;
  isLong: boolean;
  /** `stsc` after its count: first chunk (from 1), samples per chunk, format; chunks ascending. */
  runs: DataView;
  runCount: number;
}

const RUN_BYTES = 12;

/** Opens the boxes without expanding them (ISO/IEC 14496-12 §8.7.4, §8.7.5). */
export function openChunkTable(stbl: readonly Box[]): ChunkTable {
  const co64 = findBox(stbl, "co64");
  const isLong = co64 !== null;
  const offsetFields = new Fields((co64 ?? requireBox(stbl, "stco")).body).skip(4);
  const count = offsetFields.countOf(isLong ? 8 : 4);
  const runFields = new Fields(requireBox(stbl, "stsc").body).skip(4);
  const runCount = runFields.countOf(RUN_BYTES);
  const table = { count, sampleCount: 0, offsets: offsetFields.rest(), isLong, runs: runFields.rest(), runCount };
  return { ...table, sampleCount: countSamples(table) };
}

function countSamples(table: ChunkTable): number {
  let samples = 0;
  let previousFirst = -1;
  for (let run = 0; run < table.runCount; run++) {
    const { first, end, samplesPerChunk } = chunkRun(table, run);
    const isInOrder = run === 0 ? first === 0 : first > previousFirst;
    if (!isInOrder) throw damaged("its table of chunks (stsc) is out of order");
    previousFirst = first;
    samples += Math.max(0, end - first) * samplesPerChunk;
  }
  return samples;
}

/** Chunks [first, end), from 0, of one entry of `stsc`. */
function chunkRun({ runs, runCount, count }: ChunkTable, run: number) {
  const at = run * RUN_BYTES;
  const first = runs.getUint32(at) - 1;
  const next = run + 1 < runCount ? runs.getUint32(at + RUN_BYTES) - 1 : count;
  return { first, end: Math.min(next, count), samplesPerChunk: runs.getUint32(at + 4) };
}

/** Calls `visit` for each chunk in order until it returns false. */
export function visitChunks(table: ChunkTable, visit: (offset: number, samples: number) => boolean): void {
  for (let run = 0; run < table.runCount; run++) {
    const { first, end, samplesPerChunk } = chunkRun(table, run);
    for (let chunk = first; chunk < end; chunk++) {
      if (!visit(offsetOf(table, chunk), samplesPerChunk)) return;
    }
  }
}

/** No file is longer: beyond it, sums of offsets and sizes would no longer be exact. */
const MAX_OFFSET = 2 ** 52;

function offsetOf({ offsets, isLong }: ChunkTable, chunk: number): number {
  if (!isLong) return offsets.getUint32(chunk * 4);
  const offset = offsets.getUint32(chunk * 8) * 2 ** 32 + offsets.getUint32(chunk * 8 + 4);
  if (offset > MAX_OFFSET) throw damaged("a chunk lies beyond any file's end");
  return offset;
}
