import sharp from "sharp";
import type { Size } from "../../domain/media/image-shape.ts";
import { CHANNELS } from "./decode-picture.ts";

/** The part of a picture where most is to be seen (edges, saturation, skin), enlarged to the image where it is smaller. */
export async function choosePart(pixels: Uint8Array, whole: Size, part: Size, image: Size): Promise<Uint8Array> {
  const found = await sharp(pixels, { raw: rawOf(whole) })
    .resize({ width: part.widthPx, height: part.heightPx, fit: "cover", position: sharp.strategy.attention })
    .raw()
    .toBuffer();
  if (part.widthPx === image.widthPx && part.heightPx === image.heightPx) return found;
  const resized = sharp(found, { raw: rawOf(part) }).resize(image.widthPx, image.heightPx, { fit: "fill" });
  return resized.raw().toBuffer();
}

function rawOf({ widthPx, heightPx }: Size) {
  return { width: widthPx, height: heightPx, channels: CHANNELS } as const;
}
