/** Bounds in pixels of a picture that playback is counted by (reference video-api.md §6), smallest first. */
const TIERS = [
  ["720p", 921_600],
  ["1080p", 2_073_600],
  ["1440p", 4_194_304],
] as const;

export type ResolutionTier = "audio-only" | "720p" | "1080p" | "1440p" | "2160p";
export type StoredResolution = "Audio only" | "SD" | "HD" | "FHD" | "UHD";

export interface PictureSize {
  widthPx: number;
  heightPx: number;
}

/** Shapes that a picture is taken to have although rounding to whole or even pixels missed them. */
const KNOWN_SHAPES = [
  [1, 1],
  [5, 4],
  [4, 3],
  [3, 2],
  [16, 10],
  [16, 9],
  [2, 1],
  [21, 9],
] as const;
/** 854×480 is off by 0.1 %, 640×268 (2.39:1) is 2.3 % away from 21:9 and keeps its own. */
const SHAPE_TOLERANCE = 0.01;

/** @param picture null for sound alone */
export function resolutionTier(picture: PictureSize | null): ResolutionTier {
  if (picture === null) return "audio-only";
  const pixels = picture.widthPx * picture.heightPx;
  return TIERS.find(([, most]) => pixels <= most)?.[0] ?? "2160p";
}

/** The older, coarser word for the same: `HD` from a long side of 1280 on. */
export function storedResolution(picture: PictureSize | null): StoredResolution {
  const tier = resolutionTier(picture);
  if (tier === "audio-only" || picture === null) return "Audio only";
  if (tier === "720p") return Math.max(picture.widthPx, picture.heightPx) >= 1_280 ? "HD" : "SD";
  return tier === "1080p" ? "FHD" : "UHD";
}

/** Width to height in lowest terms, such as `16:9`; upright pictures turn it round. */
export function aspectRatio({ widthPx, heightPx }: PictureSize): string {
  const isUpright = heightPx > widthPx;
  const ratio = isUpright ? heightPx / widthPx : widthPx / heightPx;
  const known = KNOWN_SHAPES.find(([long, short]) => Math.abs(ratio / (long / short) - 1) <= SHAPE_TOLERANCE);
  const divisor = greatestCommonDivisor(widthPx, heightPx);
  const [width, height] = known ?? [widthPx / divisor, heightPx / divisor];
  return known !== undefined && isUpright ? `${height}:${width}` : `${width}:${height}`;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
