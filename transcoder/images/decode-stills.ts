import { type Size, sizeFilters } from "../../domain/media/image-shape.ts";
import { stillsInput } from "../../domain/media/stills-input.ts";
import { CHANNELS, type Decoder, decodePicture, decoderOptions, RAW_OUTPUT } from "./decode-picture.ts";
import type { Pictures } from "./pictures.ts";

const TIMEOUT_MS = 60_000;
/** Reads that are begun ahead: a store across the network answers each after some tens of milliseconds. */
const READ_AHEAD = 8;

/**
 * Pixels of many sync samples by one run of ffmpeg: for each as many as `size` has. Where some of them cannot be decoded alone,
 * whatever their table says, each is decoded by itself with what is before it.
 */
export async function decodeStills(
  tools: Decoder,
  pictures: Pictures,
  { samples, size, signal }: { samples: readonly number[]; size: Size; signal: AbortSignal },
): Promise<Uint8Array[]> {
  const filters = sizeFilters(size, pictures.toneMap);
  const bytes = size.widthPx * size.heightPx * CHANNELS;
  const pixels = await tools.run({
    args: {
      input: decoderOptions(pictures.isHd),
      output: [
        "-map",
        "0:v:0",
        "-vf",
        [...pictures.before, ...filters].join(","),
        "-fps_mode",
        "passthrough",
        ...RAW_OUTPUT,
      ],
    },
    stdin: inputOf(pictures, samples),
    ...(pictures.placed && { placed: pictures.placed }),
    maxOutputBytes: bytes * samples.length,
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  if (pixels.length === bytes * samples.length)
    return samples.map((_, n) => pixels.subarray(n * bytes, (n + 1) * bytes));
  const alone: Uint8Array[] = [];
  for (const sample of samples) {
    const at = pictures.index.samples.indexOf(sample);
    alone.push(await decodePicture(tools, pictures, { at, filters, size, signal }));
  }
  return alone;
}

async function* inputOf({ track, read }: Pictures, samples: readonly number[]): AsyncGenerator<Uint8Array> {
  yield* stillsInput(track, samples);
  const reading: Promise<Buffer>[] = [];
  for (let n = 0; n < samples.length; n += 1) {
    for (const sample of samples.slice(n + reading.length, n + READ_AHEAD)) {
      const bytes = read({ first: sample, end: sample + 1 });
      bytes.catch(() => {}); // told when its turn comes
      reading.push(bytes);
    }
    const next = await reading.shift();
    if (next !== undefined) yield next;
  }
}
