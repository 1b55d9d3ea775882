import { buffer } from "node:stream/consumers";
import { requireUsualWeight } from "../../domain/media/segment-weight.ts";
import type { SampleTable } from "../../domain/mp4/movie.ts";
import { type ByteRange, ObjectMissingError, type Objects } from "../../platform/objects/objects.ts";

/** Samples of one track lie between another's; a gap up to this size is read over rather than sought over. */
const MAX_GAP_BYTES = 256 * 1024;

/**
 * The bytes of samples [first, end) one after the other, in decode order. Rejects when the source does not hold them, and with
 * Mp4Error when they are too many to hold.
 */
export async function readSamples(
  objects: Objects,
  key: string,
  table: Pick<SampleTable, "offset" | "size">,
  { first, end }: { first: number; end: number },
): Promise<Buffer> {
  requireUsualWeight(table, { first, end });
  const parts: Buffer[] = [];
  for (let sample = first; sample < end; ) {
    const run = runFrom(table, sample, end);
    const bytes = await readBytes(objects, key, run.range);
    for (; sample < run.end; sample += 1) {
      const start = (table.offset[sample] ?? 0) - run.range.start;
      parts.push(bytes.subarray(start, start + (table.size[sample] ?? 0)));
    }
  }
  return Buffer.concat(parts);
}

/** Samples from `first` on that one read gets: each begins behind the one before, with a small gap at most. */
function runFrom(
  table: Pick<SampleTable, "offset" | "size">,
  first: number,
  end: number,
): { end: number; range: ByteRange } {
  const start = table.offset[first] ?? 0;
  let behind = start + (table.size[first] ?? 0);
  let sample = first + 1;
  for (; sample < end; sample += 1) {
    const offset = table.offset[sample] ?? 0;
    if (offset < behind || offset - behind > MAX_GAP_BYTES) break;
    behind = offset + (table.size[sample] ?? 0);
  }
  return { end: sample, range: { start, end: behind } };
}

/** Bytes [start, end) of an object. */
export async function readBytes(objects: Objects, key: string, range: ByteRange): Promise<Buffer> {
  const found = await objects.read(key, range);
  if (found === null) throw new ObjectMissingError(`There is no object ${key}`);
  return buffer(found.body);
}
