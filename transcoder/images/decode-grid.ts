import { gridInput, type PictureGrid } from "../../domain/media/picture-grid.ts";
import { type Decoder, decoderOptions } from "./decode-picture.ts";
import type { Pictures } from "./pictures.ts";

const TIMEOUT_MS = 60_000;

export interface GridJob {
  grid: PictureGrid;
  /** A filter graph with one input and one output, behind those that choose the pictures. */
  filter: string;
  /** Options of the output, with its format. */
  output: readonly string[];
  maxOutputBytes: number;
  signal: AbortSignal;
}

/** What ffmpeg makes of the pictures of a grid, which are exactly `count`; the caller looks whether it has them all. */
export async function decodeGrid(
  tools: Decoder,
  { isHd, before, placed, track, index, read }: Pictures,
  job: GridJob,
): Promise<Uint8Array> {
  const { parts, filters } = gridInput(track, index, job.grid);
  const bytes = await Promise.all(parts.map((part) => (part instanceof Uint8Array ? part : read(part))));
  return tools.run({
    args: {
      input: ["-copyts", ...decoderOptions(isHd)],
      output: [
        "-map",
        "0:v:0",
        "-vf",
        [...filters, ...before, job.filter].join(","),
        "-fps_mode",
        "passthrough",
        ...job.output,
      ],
    },
    stdin: Buffer.concat(bytes),
    ...(placed && { placed }),
    maxOutputBytes: job.maxOutputBytes,
    timeoutMs: TIMEOUT_MS,
    signal: job.signal,
  });
}
