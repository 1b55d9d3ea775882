import { createReadStream } from "node:fs";
import { join } from "node:path";
import { type AssetRef, sourceKey } from "../../domain/media/object-keys.ts";
import type { Refusal } from "../../domain/media/refusals.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { inTemporaryFolder } from "../../platform/temporary/temporary-folder.ts";
import { FfmpegError, type FfmpegTools } from "../ffmpeg.ts";
import type { FfmpegFailure } from "../launch/ffmpeg-error.ts";
import { standardise } from "../standardise.ts";
import type { Examined } from "./examine-source.ts";
import { refused } from "./media-error.ts";

/** Generation of a source that was made from what the customer sent. */
export const STANDARDISED = 2;

/** What trying again would not change: a file that has run into its limit once would do so for as many hours each time. */
const FILE_FAULTS: Partial<Record<FfmpegFailure, Refusal>> = {
  exit: "undecodable",
  timeout: "slow_to_decode",
  stalled: "stuck",
  endless: "endless",
  too_much_output: "grows_too_large",
};

/**
 * Makes a source that segments can be cut from and stores it as its second generation. `onProgress` is told the share done,
 * 0 to 1. Rejects with MediaError when the file cannot be decoded.
 */
export async function storeStandardised(
  tools: FfmpegTools,
  objects: Objects,
  ref: AssetRef,
  { demuxer, facts, judgement }: Examined,
  onProgress: (doneRatio: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { video, sounds } = judgement;
  try {
    await inTemporaryFolder("standardise", async (folder) => {
      const outputFile = join(folder, "standard.mp4");
      await objects.localCopy(sourceKey(ref, 1), (inputPath) =>
        standardise(tools, { inputPath, demuxer, facts, video, sounds, outputFile, onProgress, signal }),
      );
      await objects.put(sourceKey(ref, STANDARDISED), createReadStream(outputFile));
    });
  } catch (error) {
    signal.throwIfAborted();
    const refusal = error instanceof FfmpegError ? FILE_FAULTS[error.reason] : undefined;
    if (refusal === undefined) throw error;
    throw refused(refusal, { cause: error });
  }
}
