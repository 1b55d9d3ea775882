interface Size {
  widthPx: number;
  heightPx: number;
}

/**
 * The largest size of a picture's shape within bounds, never larger than the picture: 100 × 56 for 16:9 within 100 × 100.
 * A side without a bound follows the other.
 */
export function fitWithin(picture: Size, bounds: { widthPx: number | null; heightPx: number | null }): Size {
  const byWidth = (bounds.widthPx ?? picture.widthPx) / picture.widthPx;
  const byHeight = (bounds.heightPx ?? picture.heightPx) / picture.heightPx;
  const scale = Math.min(1, byWidth, byHeight);
  const along = (px: number): number => Math.max(1, Math.round(px * scale));
  return { widthPx: along(picture.widthPx), heightPx: along(picture.heightPx) };
}
