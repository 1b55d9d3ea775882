import { type CaptionPairs, captionPairs } from "../../domain/captions/cea608/caption-pairs.ts";
import type { TimedPairs } from "../../domain/captions/cea608/decode-cea608.ts";
import type { SampleTable } from "../../domain/mp4/movie.ts";
import { Mp4Error } from "../../domain/mp4/mp4-error.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Source } from "../source/open-source.ts";
import { readSamples } from "../source/read-samples.ts";

/** A source that carries captions has a place for them with every picture, said or not: so few tell, spread over the film. */
const PROBES = 8;
const PROBED_SAMPLES = 32;
/** Read at once; at 20 Mbit/s some six seconds. */
const MAX_BATCH_BYTES = 16 * 1024 ** 2;
const MAX_BATCH_SAMPLES = 512;

/** All pictures of 12 hours at 30 a second, at some 300 bytes each while they are held. */
const MAX_SPEAKING_PICTURES = 1_300_000;

interface Pictures {
  objects: Objects;
  key: string;
  picture: NonNullable<Source["picture"]>;
  /** Of each NAL's length field. */
  lengthBytes: number;
  signal: AbortSignal;
}

/**
 * The captions in a film's pictures, in the order in which they are shown; null where it carries none, which is told by a few of
 * them. Reads the whole film else.
 */
export async function captionPictures(pictures: Pictures): Promise<TimedPairs[] | null> {
  const { track, index } = pictures.picture;
  const { count } = track.samples;
  const found = new Map<number, CaptionPairs>();
  let hasPlace = false;
  for (let probe = 0; probe < PROBES; probe += 1) {
    const first = Math.floor((probe * count) / PROBES);
    if (await readPairs(pictures, { first, end: Math.min(count, first + PROBED_SAMPLES) }, found)) hasPlace = true;
  }
  if (!hasPlace) return null;
  for (const batch of batches(track.samples)) await readPairs(pictures, batch, found);
  const shown: TimedPairs[] = [];
  index.samples.forEach((sample, at) => {
    const pairs = found.get(sample);
    if (pairs !== undefined) shown.push({ timeMs: ((index.times[at] ?? 0) * 1_000) / index.timescale, ...pairs });
  });
  return shown;
}

interface Range {
  first: number;
  end: number;
}

/** Adds what pictures say; true where one has a place for captions at all. */
async function readPairs(
  { objects, key, picture, lengthBytes, signal }: Pictures,
  range: Range,
  found: Map<number, CaptionPairs>,
): Promise<boolean> {
  signal.throwIfAborted();
  const { samples: table } = picture.track;
  const bytes = await readSamples(objects, key, table, range);
  let hasPlace = false;
  let at = 0;
  for (let sample = range.first; sample < range.end; sample += 1) {
    const size = table.size[sample] ?? 0;
    const pairs = captionPairs(bytes.subarray(at, at + size), lengthBytes);
    if (pairs !== null) hasPlace = true;
    if (pairs !== null && pairs.field1.length + pairs.field2.length > 0) found.set(sample, pairs);
    at += size;
  }
  if (found.size > MAX_SPEAKING_PICTURES) throw new Mp4Error("The file has more captions than 12 hours can have");
  return hasPlace;
}

function* batches({ count, size }: SampleTable): Generator<Range> {
  for (let first = 0; first < count; ) {
    let end = first;
    let bytes = 0;
    do {
      bytes += size[end] ?? 0;
      end += 1;
    } while (end < count && end - first < MAX_BATCH_SAMPLES && bytes + (size[end] ?? 0) <= MAX_BATCH_BYTES);
    yield { first, end };
    first = end;
  }
}
