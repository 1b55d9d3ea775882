import { encoderInput, SYNCS_BACK } from "../../domain/media/encoder-input.ts";
import type { Size } from "../../domain/media/image-shape.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import type { Pictures } from "./pictures.ts";

/** ffmpeg, started for each picture or before. */
export type Decoder = Pick<FfmpegTools, "run">;

/** Bytes of a pixel. */
export const CHANNELS = 3 as const;
const TIMEOUT_MS = 20_000;
/** Where every wanted picture is put: so ffmpeg is told the same for all, and may be started before one is known. */
const START_AT = 2 ** 40;

export interface DecodeJob {
  /** Place in the index. */
  at: number;
  /** After which the picture has {@link size}. */
  filters: readonly string[];
  size: Size;
  signal: AbortSignal;
}

/** Pixels of one picture, line by line. Rejects when it cannot be decoded. */
export async function decodePicture(tools: Decoder, pictures: Pictures, job: DecodeJob): Promise<Uint8Array> {
  const expected = job.size.widthPx * job.size.heightPx * CHANNELS;
  let got = 0;
  for (const extraSyncs of SYNCS_BACK) {
    const pixels = await decodeOnce(tools, pictures, job, extraSyncs);
    if (pixels.length === expected) return pixels;
    got = pixels.length;
  }
  throw new Error(`${got} bytes of a picture of ${job.size.widthPx} × ${job.size.heightPx}`);
}

async function decodeOnce(
  tools: Decoder,
  { isHd, before, placed, track, index, read }: Pictures,
  { at, filters, size, signal }: DecodeJob,
  extraSyncs: number,
): Promise<Uint8Array> {
  const { head, samples } = encoderInput(track, index, { from: at, to: at + 1 }, extraSyncs, START_AT);
  const chain = [`trim=start_pts=${START_AT}:end_pts=${START_AT + 1}`, ...before, ...filters].join(",");
  return tools.run({
    args: {
      input: ["-copyts", ...decoderOptions(isHd)],
      output: ["-map", "0:v:0", "-vf", chain, "-fps_mode", "passthrough", "-frames:v", "1", ...RAW_OUTPUT],
    },
    stdin: Buffer.concat([...head, await read(samples)]),
    ...(placed && { placed }),
    maxOutputBytes: size.widthPx * size.heightPx * CHANNELS,
    timeoutMs: TIMEOUT_MS,
    signal,
  });
}

export const RAW_OUTPUT = ["-pix_fmt", "rgb24", "-f", "rawvideo"] as const;

/** Options before an input of which pictures are made. */
export function decoderOptions(isHd: boolean): string[] {
  const colours = isHd ? ["-colorspace", "bt709"] : [];
  // the deblocking filter changes what nobody sees at this size and costs a tenth of the decoding
  return ["-threads", "2", ...colours, "-skip_loop_filter", "all", "-f", "mov"];
}
