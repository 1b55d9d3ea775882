import sharp, { type Sharp } from "sharp";

/** An image whose left half is opaque red, and whose right half is blue of half that. */
export function twoColours(widthPx = 400, heightPx = 200): Sharp {
  const pixels = Buffer.alloc(widthPx * heightPx * 4);
  for (let at = 0; at < pixels.length; at += 4) {
    const isLeft = (at / 4) % widthPx < widthPx / 2;
    pixels.set(isLeft ? [255, 0, 0, 255] : [0, 0, 255, 128], at);
  }
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 4 } });
}
