import { type SourceFacts, sourceFacts } from "../../domain/media/source-facts.ts";
import type { FfmpegTools } from "../ffmpeg.ts";

/**
 * Looks at a source file with the demuxer that its first bytes call for. Rejects with FfmpegError: reason `exit` means that the
 * file is not what it seems. Facts without video and audio mean that nothing in it can be played.
 */
export async function probeSource(
  tools: FfmpegTools,
  path: string,
  demuxer: string,
  signal?: AbortSignal,
): Promise<SourceFacts> {
  return sourceFacts(await tools.probe(path, demuxer, signal));
}
