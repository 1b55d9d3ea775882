import { buffer } from "node:stream/consumers";
import sharp from "sharp";
import { type AssetRef, overlayImageKey } from "../../domain/media/object-keys.ts";
import type { OverlayLayout, OverlayPart } from "../../domain/media/overlay-placement.ts";
import { ObjectMissingError, type Objects } from "../../platform/objects/objects.ts";

const CHANNELS = 4;

/**
 * All overlays of one size as one PNG with transparency. The images are ours, written when the asset was taken in; each is
 * scaled once, from its own size.
 */
export async function composeLayer(objects: Objects, ref: AssetRef, layout: OverlayLayout): Promise<Buffer> {
  const parts = await Promise.all(layout.parts.map((part) => drawPart(objects, ref, part)));
  const { widthPx: width, heightPx: height } = layout;
  const background = { r: 0, g: 0, b: 0, alpha: 0 };
  return sharp({ create: { width, height, channels: CHANNELS, background } })
    .composite(parts)
    .png({ compressionLevel: 3 }) // ffmpeg reads it once a run
    .toBuffer();
}

async function drawPart(objects: Objects, ref: AssetRef, part: OverlayPart) {
  const { image, opacityRatio, scaled, cut, seen, leftPx: left, topPx: top } = part;
  const key = overlayImageKey(ref, image);
  const found = await objects.read(key);
  if (found === null) throw new ObjectMissingError(`There is no object ${key}`);
  const input = await sharp(await buffer(found.body))
    .ensureAlpha()
    .resize(scaled.widthPx, scaled.heightPx, { fit: "fill" })
    .extract({ left: cut.leftPx, top: cut.topPx, width: seen.widthPx, height: seen.heightPx })
    .raw()
    .toBuffer();
  for (let alpha = CHANNELS - 1; alpha < input.length; alpha += CHANNELS)
    input[alpha] = Math.round((input[alpha] ?? 0) * opacityRatio);
  return { input, raw: { width: seen.widthPx, height: seen.heightPx, channels: CHANNELS }, left, top } as const;
}
