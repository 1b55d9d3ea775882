import { Readable } from "node:stream";
import type { MasterRef } from "../../domain/asset/master.ts";
import { masterKey, sourceKey } from "../../domain/media/object-keys.ts";
import { type MovieBox, readMovieBox } from "../../domain/mp4/locate.ts";
import { indexAtFront } from "../../domain/mp4/move-index.ts";
import { type ByteRange, ObjectMissingError, type Objects } from "../../platform/objects/objects.ts";
import { readBytes } from "../source/read-samples.ts";

/**
 * Has an asset's source as a file that plays while it arrives, and gives its key. A source that is one already is the file; of
 * another the index is moved to the front, while every track, sample and edit stays as it is. Nothing is encoded, nor held in
 * memory but the index. Doing it again finds what is stored. Rejects with Mp4Error where the index cannot be moved.
 */
export async function makeMaster(
  objects: Objects,
  ref: MasterRef,
  generation: number,
  signal: AbortSignal,
): Promise<string> {
  const source = sourceKey(ref, generation);
  const info = await objects.head(source);
  if (info === null) throw new ObjectMissingError(`There is no object ${source}`);
  const { sizeBytes } = info;
  const read = (start: number, end: number): Promise<Uint8Array> =>
    readBytes(objects, source, { start, end: Math.min(end, sizeBytes) });
  const index = await readMovieBox(read, sizeBytes);
  if (!index.isBehindMedia) return source;
  const key = masterKey(ref);
  if ((await objects.head(key)) !== null) return key;
  await objects.put(
    key,
    Readable.from(reordered(objects, source, { sizeBytes, index }, signal), { objectMode: false }),
  );
  return key;
}

async function* reordered(
  objects: Objects,
  source: string,
  { sizeBytes, index }: { sizeBytes: number; index: MovieBox },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { brandBytes, moovStart, moov } = index;
  yield* bytesOf(objects, source, { start: 0, end: brandBytes }, signal);
  yield indexAtFront(index);
  yield* bytesOf(objects, source, { start: brandBytes, end: moovStart }, signal);
  yield* bytesOf(objects, source, { start: moovStart + moov.length, end: sizeBytes }, signal);
}

async function* bytesOf(
  objects: Objects,
  key: string,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (range.end <= range.start) return;
  const found = await objects.read(key, range);
  if (found === null) throw new ObjectMissingError(`There is no object ${key}`);
  for await (const chunk of found.body) {
    signal.throwIfAborted();
    yield chunk;
  }
}
