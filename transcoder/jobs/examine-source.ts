import { type AssetRef, sourceKey } from "../../domain/media/object-keys.ts";
import { areStartsPlausible, isPlausibleLength } from "../../domain/media/plausible-length.ts";
import { tooLarge } from "../../domain/media/refusals.ts";
import { type Container, SNIFFED_BYTES, sniffContainer } from "../../domain/media/sniff-container.ts";
import { sniffRefused } from "../../domain/media/sniff-refused.ts";
import type { SourceFacts } from "../../domain/media/source-facts.ts";
import { isTooLong } from "../../domain/media/source-length.ts";
import { judgeSource, type SourceJudgement } from "../../domain/media/standard-input.ts";
import { readMovieBox } from "../../domain/mp4/locate.ts";
import { type Movie, parseMovie } from "../../domain/mp4/movie.ts";
import { ClockError, Mp4Error } from "../../domain/mp4/mp4-error.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { FfmpegError, type FfmpegTools } from "../ffmpeg.ts";
import { MAX_PIXELS } from "../launch/guards.ts";
import { probeSource } from "../probe/probe-source.ts";
import { readBytes } from "../source/read-samples.ts";
import { MediaError, refused } from "./media-error.ts";

/** What a stored file is, and what has to be done with it. */
export interface Examined {
  container: Container;
  demuxer: string;
  facts: SourceFacts;
  judgement: SourceJudgement;
}

interface Stored {
  key: string;
  sizeBytes: number;
}

/** The index of an MP4 or MOV, or what is wrong with it. Neither where the file is of another kind or in fragments. */
interface ReadIndex {
  movie: Movie | null;
  fault: Mp4Error | null;
}

/** Entries of tracks whose samples are encrypted (ISO/IEC 14496-12 §8.12). */
const ENCRYPTED: readonly string[] = ["encv", "enca", "drmi", "drms"];

/** Looks at a source as it was sent. Rejects with MediaError `invalid_input` when it is nothing that can be played. */
export async function examineSource(
  tools: FfmpegTools,
  objects: Objects,
  ref: AssetRef,
  signal: AbortSignal,
): Promise<Examined> {
  const key = sourceKey(ref, 1);
  const sizeBytes = (await objects.head(key))?.sizeBytes ?? 0;
  if (sizeBytes === 0) throw refused("empty");
  const head = await readBytes(objects, key, { start: 0, end: Math.min(sizeBytes, SNIFFED_BYTES) });
  const sniffed = sniffContainer(head);
  if (sniffed === null) throw refused(sniffRefused(head));
  const { container, demuxer } = sniffed;
  const isIndexed = container === "mp4" || container === "mov";
  const { movie, fault } = isIndexed ? await readIndex(objects, { key, sizeBytes }) : { movie: null, fault: null };
  const facts = await objects.localCopy(key, (path) => probe(tools, path, { demuxer, fault }, signal));
  if (facts.video === null && facts.audio === null) throw refused("no_media");
  requireLength(Math.max(facts.durationSeconds ?? 0, movie === null ? 0 : tableSeconds(movie)), sizeBytes);
  if (!areStartsPlausible(facts, sizeBytes)) throw refused("endless");
  return { container, demuxer, facts, judgement: judgeSource(facts, container, movie) };
}

function requireLength(seconds: number, sizeBytes: number): void {
  if (!isPlausibleLength(seconds, sizeBytes)) throw refused("implausible_length");
  if (isTooLong(seconds)) throw refused("too_long");
}

/** As long as the longest track's tables make it, whatever headers say. */
function tableSeconds({ tracks }: Movie): number {
  return Math.max(0, ...tracks.map(({ samples, timescale }) => (samples.dts[samples.count - 1] ?? 0) / timescale));
}

async function probe(
  tools: FfmpegTools,
  path: string,
  { demuxer, fault }: { demuxer: string; fault: Mp4Error | null },
  signal: AbortSignal,
): Promise<SourceFacts> {
  try {
    return await probeSource(tools, path, demuxer, signal);
  } catch (cause) {
    signal.throwIfAborted();
    if (!(cause instanceof FfmpegError)) throw cause;
    if (cause.reason === "timeout") throw refused("slow_to_read", { cause });
    if (cause.reason !== "exit") throw cause;
    throw fault ?? refused("unreadable", { cause });
  }
}

/**
 * What has an index that cannot be used (fragments, damage) may still be read by ffmpeg, and is then made anew. Not what has no clock:
 * ten seconds would become hours.
 */
async function readIndex(objects: Objects, { key, sizeBytes }: Stored): Promise<ReadIndex> {
  try {
    const read = (start: number, end: number): Promise<Uint8Array> =>
      readBytes(objects, key, { start, end: Math.min(end, sizeBytes) });
    const { moov, hasFragments } = await readMovieBox(read, sizeBytes);
    const movie = parseMovie(moov);
    if (movie.tracks.some(({ entryTypes }) => entryTypes.some((type) => ENCRYPTED.includes(type))))
      throw refused("encrypted");
    refuseLargePictures(movie);
    return { movie: hasFragments ? null : wholeMovie(movie, sizeBytes), fault: null };
  } catch (error) {
    if (error instanceof Mp4Error && !(error instanceof ClockError)) return { movie: null, fault: error };
    throw error;
  }
}

/** ffprobe would call such a file damaged. */
function refuseLargePictures({ tracks }: Movie): void {
  const large = tracks.find(({ codedWidthPx, codedHeightPx }) => codedWidthPx * codedHeightPx > MAX_PIXELS);
  if (large === undefined) return;
  throw new MediaError("invalid_input", tooLarge(large.codedWidthPx, large.codedHeightPx));
}

/** An upload that ended early, or a download: its index is whole where it comes first, the media behind it are not. */
function wholeMovie(movie: Movie, sizeBytes: number): Movie {
  for (const { samples } of movie.tracks) {
    for (let sample = 0; sample < samples.count; sample += 1) {
      if ((samples.offset[sample] ?? 0) + (samples.size[sample] ?? 0) > sizeBytes) throw refused("cut_off");
    }
  }
  return movie;
}
