import { type AssetRef, sourceKey } from "../../domain/media/object-keys.ts";
import { type Container, SNIFFED_BYTES, sniffContainer } from "../../domain/media/sniff-container.ts";
import type { SourceFacts } from "../../domain/media/source-facts.ts";
import { isTooLong, TOO_LONG } from "../../domain/media/source-length.ts";
import { judgeSource, type SourceJudgement } from "../../domain/media/standard-input.ts";
import { readMovieBox } from "../../domain/mp4/locate.ts";
import { type Movie, parseMovie } from "../../domain/mp4/movie.ts";
import { Mp4Error } from "../../domain/mp4/mp4-error.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { FfmpegError, type FfmpegTools } from "../ffmpeg.ts";
import { MAX_PIXELS } from "../launch/guards.ts";
import { probeSource } from "../probe/probe-source.ts";
import { readBytes } from "../source/read-samples.ts";
import { MediaError } from "./media-error.ts";

/** What a stored file is, and what has to be done with it. */
export interface Examined {
  container: Container;
  demuxer: string;
  facts: SourceFacts;
  judgement: SourceJudgement;
}

/** Looks at a source as it was sent. Rejects with MediaError `invalid_input` when it is nothing that can be played. */
export async function examineSource(
  tools: FfmpegTools,
  objects: Objects,
  ref: AssetRef,
  signal: AbortSignal,
): Promise<Examined> {
  const key = sourceKey(ref, 1);
  const sizeBytes = (await objects.head(key))?.sizeBytes ?? 0;
  if (sizeBytes === 0) throw new MediaError("invalid_input", "The file is empty.");
  const head = await readBytes(objects, key, { start: 0, end: Math.min(sizeBytes, SNIFFED_BYTES) });
  const sniffed = sniffContainer(head);
  if (sniffed === null) throw new MediaError("invalid_input", "The file is no video or sound file that we know.");
  const { container, demuxer } = sniffed;
  const isIndexed = container === "mp4" || container === "mov";
  const movie = isIndexed ? await readMovie(objects, key, sizeBytes) : null;
  const facts = await objects.localCopy(key, (path) => probe(tools, path, demuxer, signal));
  if (facts.video === null && facts.audio === null) {
    throw new MediaError("invalid_input", "The file has no video or sound that we can read.");
  }
  if (isTooLong(facts.durationSeconds ?? 0)) throw new MediaError("invalid_input", `${TOO_LONG}.`);
  return { container, demuxer, facts, judgement: judgeSource(facts, container, movie) };
}

async function probe(tools: FfmpegTools, path: string, demuxer: string, signal: AbortSignal): Promise<SourceFacts> {
  try {
    return await probeSource(tools, path, demuxer, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FfmpegError) || error.reason !== "exit") throw error;
    throw new MediaError("invalid_input", "The file is damaged or cut off: its contents cannot be read.", {
      cause: error,
    });
  }
}

/** The file's own index; null where it has none that can be used (fragments, damage), and the file is made anew. */
async function readMovie(objects: Objects, key: string, sizeBytes: number): Promise<Movie | null> {
  try {
    const read = (start: number, end: number): Promise<Uint8Array> =>
      readBytes(objects, key, { start, end: Math.min(end, sizeBytes) });
    const { moov, hasFragments } = await readMovieBox(read, sizeBytes);
    const movie = parseMovie(moov);
    refuseLargePictures(movie);
    return hasFragments ? null : wholeMovie(movie, sizeBytes);
  } catch (error) {
    if (error instanceof Mp4Error) return null;
    throw error;
  }
}

/** ffprobe would call such a file damaged. */
function refuseLargePictures({ tracks }: Movie): void {
  const large = tracks.find(({ codedWidthPx, codedHeightPx }) => codedWidthPx * codedHeightPx > MAX_PIXELS);
  if (large === undefined) return;
  const size = `${large.codedWidthPx} × ${large.codedHeightPx}`;
  throw new MediaError("invalid_input", `The picture of ${size} is too large: at most 8192 × 4096 can be decoded.`);
}

/** An upload that ended early, or a download: its index is whole where it comes first, the media behind it are not. */
function wholeMovie(movie: Movie, sizeBytes: number): Movie {
  for (const { samples } of movie.tracks) {
    for (let sample = 0; sample < samples.count; sample += 1) {
      if ((samples.offset[sample] ?? 0) + (samples.size[sample] ?? 0) <= sizeBytes) continue;
      throw new MediaError("invalid_input", "The file is cut off: its index names more bytes than it has.");
    }
  }
  return movie;
}
