import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { readBoxes, requireBox } from "../../domain/mp4/box-reader.ts";
import type { FragmentSample } from "../../domain/mp4/fragment.ts";
import { parseMovie } from "../../domain/mp4/movie.ts";
import { type ProgressiveTrack, writeProgressiveHead } from "../../domain/mp4/progressive-movie.ts";
import { type Fragments, readFragments } from "../../domain/mp4/read-fragments.ts";
import { retime } from "../../domain/mp4/retime.ts";
import type { ObjectInfo, Objects } from "../../platform/objects/objects.ts";
import { inTemporaryFolder } from "../../platform/temporary/temporary-folder.ts";

/** A rendition as its segments, whoever made them. */
export interface SegmentedTrack {
  kind: "video" | "audio";
  init: Uint8Array;
  /** The segment's bytes; null where the rendition has nothing there. */
  segment: (n: number) => Promise<Uint8Array | null>;
  /** Where segment n ends, in the track's ticks; pictures alone are told by it. */
  segmentEnd: (n: number) => number;
}

/**
 * Joins renditions to one file that plays while it arrives, without encoding anything, and stores it. Only one segment of each
 * is in memory at a time; their samples lie in a temporary file until all are known.
 *
 * @param segments how many the tracks have
 */
export async function assembleMovie(
  objects: Objects,
  key: string,
  tracks: readonly SegmentedTrack[],
  segments: number,
  signal: AbortSignal,
): Promise<ObjectInfo> {
  const media = await inTemporaryFolder("movie", openMedia);
  try {
    const heads = tracks.map(headOf);
    for (let n = 0; n < segments; n += 1) {
      for (const [at, track] of tracks.entries()) {
        signal.throwIfAborted();
        heads[at]?.chunks.push(await appendSegment(media, track, n));
      }
    }
    const finished = heads.map((head) => (head.kind === "audio" ? withSoundTimes(head) : head));
    const head = writeProgressiveHead(
      finished.map(({ chunks, ...track }) => ({ ...track, chunks: chunks.map(samplesOf) })),
    );
    return await objects.put(key, Readable.from(joined(head, media), { objectMode: false }));
  } finally {
    await media.close();
  }
}

/** Its folder goes at once: the file lives on while it is open, and ends with a process that is killed. */
function openMedia(folder: string): Promise<FileHandle> {
  return open(join(folder, "media"), "wx+");
}

interface Head extends Omit<ProgressiveTrack, "chunks"> {
  chunks: Chunk[];
}

/** Samples of one segment with the times that the segment tells. */
type Chunk = readonly (FragmentSample & { presentationTime: number })[];

function headOf({ kind, init }: SegmentedTrack): Head {
  const [track] = parseMovie(moovOf(init)).tracks;
  if (track === undefined) throw new Error("an init segment without a track");
  const { timescale, stsd, codedWidthPx: widthPx, codedHeightPx: heightPx, edits } = track;
  const editMediaTime = edits[0]?.mediaTime ?? 0;
  return { kind, timescale, stsd, widthPx, heightPx, delay: 0, editMediaTime, chunks: [] };
}

async function appendSegment(media: FileHandle, track: SegmentedTrack, n: number): Promise<Chunk> {
  const bytes = await track.segment(n);
  if (bytes === null) return [];
  const whole = Buffer.concat([track.init, bytes]);
  const { samples } = readFragments(whole);
  const start = samples[0]?.start ?? 0;
  const sizeBytes = samples.reduce((sum, { size }) => sum + size, 0);
  const end = (samples.at(-1)?.start ?? 0) + (samples.at(-1)?.size ?? 0);
  if (end - start !== sizeBytes) throw new Error(`the samples of segment ${n} do not lie one behind the other`);
  await media.appendFile(whole.subarray(start, end));
  return track.kind === "video" ? pictures(samples, track.segmentEnd(n)) : sounds(samples);
}

type Samples = Fragments["samples"];

/** As they were made: a segment's times follow from the presentation times and its end. */
function pictures(samples: Samples, end: number): Chunk {
  const { timing } = retime(
    samples.map(({ presentationTime }) => presentationTime),
    end,
  );
  return samples.map(({ size, presentationTime }, at) => {
    return { size, presentationTime, isSync: at === 0, ...(timing[at] ?? { duration: 0, ctsOffset: 0 }) };
  });
}

/** How long a packet lasts is known by the next one, maybe of the next segment. */
function sounds(samples: Samples): Chunk {
  return samples.map(({ size, presentationTime }) => {
    return { size, presentationTime, isSync: true, duration: 0, ctsOffset: 0 };
  });
}

function withSoundTimes(head: Head): Head {
  const times = head.chunks.flat().map(({ presentationTime }) => presentationTime);
  const usual = (times[1] ?? 0) - (times[0] ?? 0);
  let at = 0;
  const chunks = head.chunks.map((samples) =>
    samples.map((sample) => {
      at += 1;
      return { ...sample, duration: (times[at] ?? sample.presentationTime + usual) - sample.presentationTime };
    }),
  );
  return { ...head, delay: times[0] ?? 0, chunks };
}

function samplesOf(chunk: Chunk): FragmentSample[] {
  return chunk.map(({ size, duration, ctsOffset, isSync }) => ({ size, duration, ctsOffset, isSync }));
}

async function* joined(head: Uint8Array, media: FileHandle): AsyncGenerator<Uint8Array> {
  yield head;
  yield* media.createReadStream({ start: 0, autoClose: false });
}

function moovOf(init: Uint8Array): Uint8Array {
  return requireBox(readBoxes(init), "moov").bytes;
}
