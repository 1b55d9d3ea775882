import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import sharp from "sharp";
import type { OverlayInput } from "../../domain/asset/overlay-input.ts";
import type { Size } from "../../domain/media/image-shape.ts";
import { type AssetRef, overlayImageKey, sentOverlayKey } from "../../domain/media/object-keys.ts";
import { type OverlayPlacement, overlayBox } from "../../domain/media/overlay-placement.ts";
import {
  MAX_OVERLAY_RATIO,
  MAX_OVERLAY_SIDE_PX,
  OVERLAY_REFUSALS,
  overlayTooLarge,
} from "../../domain/media/overlay-refusals.ts";
import { type SniffedImage, sniffImage } from "../../domain/media/sniff-image.ts";
import type { AllowList } from "../../domain/network/allow-list.ts";
import { ObjectMissingError, type Objects } from "../../platform/objects/objects.ts";
import { FfmpegError, type FfmpegTools } from "../ffmpeg.ts";
import { fetchSmall } from "../jobs/fetch-small.ts";
import { MediaError } from "../jobs/media-error.ts";
import type { StoredOverlay } from "../source/plan-source.ts";

/** 4096 × 4096 of the worst noise with transparency has some 64 MB as PNG; logos have thousandths of it. */
const MAX_BYTES = 32 * 1024 ** 2;
/** For all attempts together. */
const MAX_FETCH_MS = 5 * 60_000;
const DECODE_TIMEOUT_MS = 20_000;
const CHANNELS = 4;
const ID_LENGTH = 32;

/** Says that a picture is a test: a frame and four letters of rectangles, white on black, drawn for this. */
const TEST_MARK = join(import.meta.dirname, "test-mark.png");
const TEST_PLACEMENT: OverlayPlacement = {
  ...{ verticalAlign: "middle", horizontalAlign: "center" },
  ...{ verticalMargin: { unit: "px", value: 0 }, horizontalMargin: { unit: "px", value: 0 } },
  ...{ width: { unit: "ratio", value: 0.4 }, height: null, opacityRatio: 0.6 },
};

interface Parts {
  objects: Objects;
  tools: FfmpegTools;
}

/** Stores what customers' URLs give for overlays, those that an earlier attempt has not. Rejects with MediaError. */
export async function fetchOverlays(
  { objects, allow }: Pick<Parts, "objects"> & { allow: AllowList },
  ref: AssetRef,
  overlays: readonly OverlayInput[],
  signal: AbortSignal,
): Promise<void> {
  const limits = { sizeBytes: MAX_BYTES, ms: MAX_FETCH_MS };
  for (const { url, input } of overlays) {
    const key = sentOverlayKey(ref, input);
    if ((await objects.head(key)) !== null) continue;
    await objects.put(key, await naming(input, fetchSmall({ url, allow, signal, limits })));
  }
}

/**
 * Makes the fetched images what plans burn in. Rejects with MediaError for what cannot be read as an image, or would be gigantic.
 *
 * @param picture as it is shown
 */
export async function storeOverlays(
  parts: Parts,
  ref: AssetRef,
  overlays: readonly OverlayInput[],
  picture: Size,
  signal: AbortSignal,
): Promise<StoredOverlay[]> {
  const stored: StoredOverlay[] = [];
  for (const { input, placement } of overlays) {
    const key = sentOverlayKey(ref, input);
    const sent = await parts.objects.read(key);
    if (sent === null) throw new ObjectMissingError(`There is no object ${key}`);
    const storing = storeImage(parts, ref, await buffer(sent.body), placement, signal);
    stored.push(
      await naming(
        input,
        storing.then((overlay) => notGigantic(overlay, picture)),
      ),
    );
  }
  return stored;
}

function notGigantic(overlay: StoredOverlay, picture: Size): StoredOverlay {
  const { widthRatio, heightRatio } = overlayBox(picture, overlay, overlay.placement);
  if (Math.max(widthRatio, heightRatio) <= MAX_OVERLAY_RATIO) return overlay;
  throw new MediaError("invalid_input", OVERLAY_REFUSALS.huge);
}

/** Stores the image that marks tests. */
export async function storeTestMark(parts: Parts, ref: AssetRef, signal: AbortSignal): Promise<StoredOverlay> {
  return storeImage(parts, ref, await readFile(TEST_MARK), TEST_PLACEMENT, signal);
}

async function storeImage(
  { objects, tools }: Parts,
  ref: AssetRef,
  bytes: Buffer,
  placement: OverlayPlacement,
  signal: AbortSignal,
): Promise<StoredOverlay> {
  const image = sniffImage(bytes);
  if (image === null) throw new MediaError("invalid_input", OVERLAY_REFUSALS.unknown);
  const { widthPx, heightPx, isMoving } = image;
  if (isMoving) throw new MediaError("invalid_input", OVERLAY_REFUSALS.moving);
  if (Math.max(widthPx, heightPx) > MAX_OVERLAY_SIDE_PX)
    throw new MediaError("invalid_input", overlayTooLarge(widthPx, heightPx));
  const pixels = await decode(tools, bytes, image, signal);
  const png = await sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: CHANNELS } })
    .png({ compressionLevel: 6 })
    .toBuffer();
  const id = createHash("sha256").update(png).digest("hex").slice(0, ID_LENGTH);
  await objects.put(overlayImageKey(ref, id), png);
  return { image: id, widthPx, heightPx, placement };
}

/** RGBA, line by line, by ffmpeg in its sandbox: the file is a customer's. */
async function decode(
  tools: FfmpegTools,
  bytes: Buffer,
  { demuxer, widthPx, heightPx }: SniffedImage,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const sizeBytes = widthPx * heightPx * CHANNELS;
  if (sizeBytes === 0) throw new MediaError("invalid_input", OVERLAY_REFUSALS.damaged);
  const filters = "scale=flags=bicubic+accurate_rnd+full_chroma_int,format=rgba";
  const running = tools.run({
    args: {
      input: ["-noautorotate", "-threads", "1", "-f", demuxer],
      output: ["-map", "0:v:0", "-vf", filters, "-frames:v", "1", "-f", "rawvideo"],
    },
    stdin: bytes,
    maxOutputBytes: sizeBytes,
    timeoutMs: DECODE_TIMEOUT_MS,
    signal,
  });
  const pixels = await running.catch((error: unknown) => {
    signal.throwIfAborted();
    if (!(error instanceof FfmpegError) || error.reason !== "exit") throw error;
    throw new MediaError("invalid_input", OVERLAY_REFUSALS.damaged, { cause: error });
  });
  if (pixels.length !== sizeBytes) throw new MediaError("invalid_input", OVERLAY_REFUSALS.damaged);
  return pixels;
}

/** Of several inputs, customers have to know which one is meant. */
async function naming<T>(input: number, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    throw new MediaError(error.type, `inputs[${input}]: ${error.message}`, { cause: error });
  }
}
