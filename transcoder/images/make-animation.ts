import sharp from "sharp";
import { fitWithin } from "../../domain/media/fit-within.ts";
import { isOversized, type Size, sizeFilters } from "../../domain/media/image-shape.ts";
import type { Plan } from "../../domain/media/plan.ts";
import type { AnimationFormat, WantedAnimation } from "../../domain/media/transcoder-wire.ts";
import type { PlannedSource } from "../source/source-cache.ts";
import { decodeGrid } from "./decode-grid.ts";
import type { ImageParts } from "./make-image.ts";
import { type Pictures, storedPictures } from "./pictures.ts";

/** Ten seconds of noise at the largest size take 60 MB as GIF. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** GIF counts in hundredths of a second, and rounds the last picture's time alone. */
const TIME_TOLERANCE_MS = 20;

/**
 * A palette of all pictures together (`diff` would leave out the last one's colours); others are dithered by a fixed pattern,
 * which does not flicker and compresses well. All pictures wait for the palette: at the limits (10 s, 30 a second, 640 × 640) 500 MB
 * in ffmpeg, so one is made at a time.
 */
const PALETTE =
  "split[one][two];[one]palettegen=stats_mode=full[palette];" +
  "[two][palette]paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle";

const OUTPUTS: Record<AnimationFormat, { filter: string; output: readonly string[] }> = {
  gif: { filter: PALETTE, output: ["-c:v", "gif", "-loop", "0", "-f", "gif"] },
  webp: {
    filter: "format=bgra", // its own encoder knows best how to make colours of WebP from it
    output: ["-c:v", "libwebp_anim", "-quality", "75", "-compression_level", "2", "-loop", "0", "-f", "webp"],
  },
};

/** @param source its pictures, for where no rendition has them stored */
export async function makeAnimation(
  parts: ImageParts,
  { plan }: Pick<PlannedSource, "plan">,
  source: Pictures,
  wanted: WantedAnimation,
  signal: AbortSignal,
): Promise<Buffer> {
  const [top] = plan.video;
  if (top === undefined) throw new RangeError("there is no picture to move");
  const { timescale } = plan;
  const { startSeconds, endSeconds, fps, format } = wanted;
  const size = fitWithin(top, wanted);
  const pictures = (await fromStored(parts, plan, size, wanted)) ?? source;
  const count = Math.max(1, Math.round((endSeconds - startSeconds) * fps));
  const { filter, output } = OUTPUTS[format];
  const made = await decodeGrid(parts.tools, pictures, {
    grid: { startTicks: Math.round(startSeconds * timescale), stepTicks: timescale / fps, count },
    filter: [...sizeFilters(size, pictures.toneMap), filter].join(","),
    output,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    signal,
  });
  const bytes = Buffer.from(made);
  await requireWhole(bytes, size, (count * 1_000) / fps);
  return bytes;
}

/** The lowest rendition that is large enough and has all segments already. */
async function fromStored(
  parts: ImageParts,
  plan: Plan,
  size: Size,
  wanted: WantedAnimation,
): Promise<Pictures | null> {
  const startTicks = wanted.startSeconds * plan.timescale;
  const range = { startTicks, endTicks: wanted.endSeconds * plan.timescale };
  for (const rendition of plan.video.toReversed()) {
    if (rendition.kind !== "encoded" || !isOversized(rendition, size)) continue;
    const pictures = await storedPictures(parts, wanted, plan, rendition, range);
    if (pictures !== null) return pictures;
  }
  return null;
}

/**
 * Equal neighbours may have become one picture that is shown longer, so the time is what tells whether all is there. What is
 * read here outside the sandbox is written by our own encoder inside it, never a customer's file.
 */
async function requireWhole(bytes: Buffer, { widthPx, heightPx }: Size, expectedMs: number): Promise<void> {
  const { width, pageHeight, height, delay = [] } = await sharp(bytes, { animated: true }).metadata();
  const shownMs = delay.reduce((sum, ms) => sum + ms, 0);
  const isWhole = width === widthPx && (pageHeight ?? height) === heightPx;
  if (isWhole && Math.abs(shownMs - expectedMs) <= TIME_TOLERANCE_MS) return;
  throw new Error(`a moving image of ${shownMs} ms, ${width} × ${pageHeight ?? height}, instead of ${expectedMs} ms`);
}
