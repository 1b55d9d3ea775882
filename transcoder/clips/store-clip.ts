import { Readable } from "node:stream";
import { batchOrder, clipBatches } from "../../domain/media/clip-batches.ts";
import type { SampleRange } from "../../domain/media/picture-range.ts";
import { isQuickTime } from "../../domain/media/sound-input.ts";
import type { FragmentSample } from "../../domain/mp4/fragment.ts";
import type { SampleTable } from "../../domain/mp4/movie.ts";
import { writeProgressiveHead } from "../../domain/mp4/progressive-movie.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { readSamples } from "../source/read-samples.ts";
import type { ClipTrack } from "./clip-source.ts";

/** Delays of tracks are told in a clock at least this fine, whole ticks of the first track's. */
const MIN_MOVIE_TIMESCALE = 48_000;

/**
 * Writes tracks that lie in one object as an MP4 of its own, without decoding anything: an hour of 6 Mbit/s is 2.7 GB to be read
 * and written. Only the samples are read, in their order; some megabytes are in memory at a time.
 *
 * @param sourceKey where the samples lie
 * @param tracks one at least
 */
export async function storeClip(
  objects: Objects,
  { sourceKey, key }: { sourceKey: string; key: string },
  tracks: readonly ClipTrack[],
  signal: AbortSignal,
): Promise<void> {
  const tables = tracks.map(({ cut }) => cut.table);
  const batches = clipBatches(tables);
  const head = headOf(tracks, batches);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield head;
    for (const batch of batches) {
      signal.throwIfAborted();
      yield await readBatch(objects, sourceKey, tables, batch);
    }
  }
  await objects.put(key, Readable.from(bytes(), { objectMode: false }));
}

function headOf(tracks: readonly ClipTrack[], batches: readonly (readonly SampleRange[])[]): Uint8Array {
  const timescale = tracks[0]?.description.timescale ?? MIN_MOVIE_TIMESCALE;
  const written = tracks.map(({ description, cut: { table, ...shown } }, at) => ({
    ...description,
    ...shown,
    chunks: batches.map((batch) => samplesOf(table, batch[at])),
  }));
  return writeProgressiveHead(written, {
    movieTimescale: timescale * Math.ceil(MIN_MOVIE_TIMESCALE / timescale),
    isQuickTime: tracks.some(({ description: { kind, stsd } }) => kind === "audio" && isQuickTime(stsd)),
  });
}

function samplesOf(
  { size, duration, cts, isSync }: SampleTable,
  { first, end }: SampleRange = { first: 0, end: 0 },
): FragmentSample[] {
  return Array.from({ length: end - first }, (_, n) => ({
    size: size[first + n] ?? 0,
    duration: duration[first + n] ?? 0,
    ctsOffset: cts[first + n] ?? 0,
    isSync: isSync[first + n] === 1,
  }));
}

/** Read in the order of the source, written by tracks. */
async function readBatch(
  objects: Objects,
  sourceKey: string,
  tables: readonly SampleTable[],
  batch: readonly SampleRange[],
): Promise<Buffer> {
  const order = batchOrder(tables, batch);
  const places = {
    offset: Float64Array.from(order, ({ offset }) => offset),
    size: Uint32Array.from(order, ({ size }) => size),
  };
  const bytes = await readSamples(objects, sourceKey, places, { first: 0, end: order.length });
  const parts = batch.map((): Buffer[] => []);
  let at = 0;
  for (const { track, place, size } of order) {
    const ofTrack = parts[track] ?? [];
    ofTrack[place] = bytes.subarray(at, at + size);
    at += size;
  }
  return Buffer.concat(parts.flat());
}
