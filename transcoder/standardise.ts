import { stat } from "node:fs/promises";
import { mostOutputSeconds } from "../domain/media/plausible-length.ts";
import type { SourceFacts } from "../domain/media/source-facts.ts";
import { type StandardTreatment, standardArguments } from "../domain/media/standard-arguments.ts";
import type { FfmpegTools } from "./ffmpeg.ts";

const GIB = 1024 ** 3;
/** A stream copy is as large as its source; an encode at this quality may be a few times larger, and small ones are free. */
const MAX_GROWTH = 4;
/** Slower than this there is no hope: 2160p HEVC to H.264 on one core takes 20 times its length. */
const MAX_SECONDS_PER_SECOND = 30;
const SPARE_SECONDS = 300;
const UNKNOWN_SECONDS = 6 * 3600;
/** Nothing new for this long: the file leads the decoder nowhere. The first pictures of 1080p take a second, of 4096² ten. */
const STALL_MS = 20_000;
const STALL_PX = 1920 * 1080;
/** A file may claim any length; a timer cannot wait for more than 24 days. */
const MAX_SECONDS = 7 * 24 * 3600;

export interface StandardisingRun extends StandardTreatment {
  inputPath: string;
  demuxer: string;
  facts: SourceFacts;
  /** Absolute path, overwritten; what is there after a rejection is worthless. */
  outputFile: string;
  /** How much is done, 0..1. Not called where the source does not know its length. */
  onProgress?: (doneRatio: number) => void;
  signal?: AbortSignal;
}

/**
 * Makes a plain MP4 with a sample table of any source, in one run of ffmpeg. HDR becomes SDR where pictures are encoded. Rejects with
 * FfmpegError. ffmpeg's success says little: read the file's own index before believing in it.
 */
export async function standardise(tools: FfmpegTools, run: StandardisingRun): Promise<void> {
  const { facts, signal, onProgress } = run;
  const { size: sizeBytes } = await stat(run.inputPath);
  const seconds = facts.durationSeconds;
  await tools.runToFile({
    args: { input: ["-f", run.demuxer], inputFile: run.inputPath, output: standardArguments(facts, run) },
    outputFile: run.outputFile,
    maxOutputBytes: 4 * GIB + MAX_GROWTH * sizeBytes,
    timeoutMs: 1000 * Math.min(MAX_SECONDS, SPARE_SECONDS + (seconds ?? UNKNOWN_SECONDS) * MAX_SECONDS_PER_SECOND),
    watch: { stallMs: stallMs(facts), maxOutSeconds: mostOutputSeconds(sizeBytes, seconds) },
    ...(signal && { signal }),
    ...(onProgress !== undefined &&
      seconds !== null &&
      seconds > 0 && { onProgress: (outTimeSeconds: number) => onProgress(Math.min(1, outTimeSeconds / seconds)) }),
  });
}

/** How long a conversion may write nothing new before it leads nowhere. */
export function stallMs({ video }: SourceFacts): number {
  return STALL_MS * Math.max(1, video === null ? 0 : (video.codedWidthPx * video.codedHeightPx) / STALL_PX);
}
