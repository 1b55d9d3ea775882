import { encoderInput } from "../../domain/media/encoder-input.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { FfmpegError, type FfmpegTools } from "../ffmpeg.ts";
import { readSamples } from "../source/read-samples.ts";
import type { PicturedSource } from "./encode-pictures.ts";

const TIMEOUT_MS = 20_000;
const SIDE_PX = 16;

/**
 * Whether a picture comes out of a source's bytes: of the beginning, else of the middle. A file may have a good index over
 * nothing that can be decoded. Takes 0.1 to 0.3 s.
 */
export async function canDecode(
  tools: FfmpegTools,
  objects: Objects,
  source: PicturedSource,
  signal: AbortSignal,
): Promise<boolean> {
  const pictures = source.picture.index.times.length;
  for (const at of new Set([0, pictures >> 1])) {
    if (await isDecoded(tools, objects, source, at, signal)) return true;
  }
  return false;
}

async function isDecoded(
  tools: FfmpegTools,
  objects: Objects,
  { key, picture: { track, index } }: PicturedSource,
  at: number,
  signal: AbortSignal,
): Promise<boolean> {
  const input = encoderInput(track, index, { from: at, to: at + 1 });
  const samples = await readSamples(objects, key, track.samples, input.samples);
  const small = ["-vf", `scale=${SIDE_PX}:${SIDE_PX}`, "-frames:v", "1", "-pix_fmt", "gray", "-f", "rawvideo"];
  try {
    const pixels = await tools.run({
      args: { input: ["-threads", "2", "-f", "mov"], output: ["-map", "0:v:0", ...small] },
      stdin: Buffer.concat([...input.head, samples]),
      maxOutputBytes: SIDE_PX * SIDE_PX,
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    return pixels.length === SIDE_PX * SIDE_PX;
  } catch (error) {
    if (error instanceof FfmpegError && error.reason === "exit") return false;
    throw error;
  }
}
