import sharp from "sharp";
import { encoderInput } from "../../domain/media/encoder-input.ts";
import { fitWithin } from "../../domain/media/fit-within.ts";
import { toneMapFilters } from "../../domain/media/picture-filters.ts";
import { pictureAt } from "../../domain/media/picture-range.ts";
import type { WantedImage } from "../../domain/media/transcoder-wire.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { readSamples } from "../source/read-samples.ts";
import type { PlannedSource } from "../source/source-cache.ts";

const TIMEOUT_MS = 20_000;
const CHANNELS = 3;
/** Good enough that nobody sees a difference at thumbnail sizes, at about a third of the bytes of quality 95. */
const QUALITY = 80;

/** The picture that is on screen at a time, in the wanted format and size; null when the source has no picture. */
export async function makeImage(
  tools: FfmpegTools,
  objects: Objects,
  { plan, source }: PlannedSource,
  wanted: WantedImage,
  signal: AbortSignal,
): Promise<Buffer | null> {
  const [top] = plan.video;
  if (source.picture === null || top === undefined) return null;
  const { track, index } = source.picture;
  const at = pictureAt(index, wanted.timeSeconds * plan.timescale);
  const input = encoderInput(track, index, { from: at, to: at + 1 });
  const samples = await readSamples(objects, source.key, track.samples, input.samples);
  const { widthPx, heightPx } = fitWithin(top, wanted);
  const { start, end } = input.keep;
  const toneMap = plan.hdr === undefined ? [] : toneMapFilters(plan.hdr);
  const scale = [`scale=${widthPx}:${heightPx}:flags=bicubic`, ...toneMap, "setsar=1"].join(",");
  const filter = `trim=start_pts=${start}:end_pts=${end},${scale}`;
  const pixels = await tools.run({
    args: {
      // the deblocking filter changes what nobody sees at this size and costs a tenth of the decoding
      input: ["-copyts", "-threads", "2", "-skip_loop_filter", "all", "-f", "mov"],
      output: [
        "-map",
        "0:v:0",
        "-vf",
        filter,
        "-fps_mode",
        "passthrough",
        "-frames:v",
        "1",
        "-pix_fmt",
        "rgb24",
        "-f",
        "rawvideo",
      ],
    },
    stdin: Buffer.concat([...input.head, samples]),
    maxOutputBytes: widthPx * heightPx * CHANNELS,
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  if (pixels.length !== widthPx * heightPx * CHANNELS) {
    throw new Error(`${pixels.length} bytes of a picture of ${widthPx} × ${heightPx}`);
  }
  return compress(pixels, widthPx, heightPx, wanted.format);
}

function compress(pixels: Uint8Array, width: number, height: number, format: WantedImage["format"]): Promise<Buffer> {
  const image = sharp(pixels, { raw: { width, height, channels: CHANNELS } });
  if (format === "jpg") return image.jpeg({ quality: QUALITY, mozjpeg: false }).toBuffer();
  if (format === "webp") return image.webp({ quality: QUALITY, effort: 2 }).toBuffer();
  return image.png({ compressionLevel: 6 }).toBuffer();
}
