import { fitWithin } from "./fit-within.ts";
import { IMAGE_SCALER } from "./picture-filters.ts";

export interface Size {
  widthPx: number;
  heightPx: number;
}

/** How a picture is brought into the wanted size (reference video-api.md §8.3). All but `preserve` need both sides. */
export const FIT_MODES = ["preserve", "stretch", "crop", "smartcrop", "pad"] as const;
export type FitMode = (typeof FIT_MODES)[number];

export const ROTATIONS = [0, 90, 180, 270] as const;
export type ImageRotation = (typeof ROTATIONS)[number];

/** What is wanted of a picture: it is turned clockwise, brought into the size, and then flipped. */
export interface ImageTransform {
  /** Of the finished image; null where not bounded. */
  widthPx: number | null;
  heightPx: number | null;
  fitMode: FitMode;
  rotateDegrees: ImageRotation;
  flipH: boolean;
  flipV: boolean;
}

/** The steps from a picture to an image. No step is larger than the larger of picture and image. */
export interface ImageShape {
  /** Middle part of the picture as it is decoded that is used; null: all of it. */
  cut: Size | null;
  /** Size of what is used, after turning. */
  scaled: Size;
  /** Part of {@link scaled} with the most to see, of this size; null: all of it. */
  smart: Size | null;
  /** Finished; black around {@link scaled} where that is smaller and nothing is chosen from it. */
  image: Size;
}

export function imageShape(picture: Size, transform: ImageTransform): ImageShape {
  const { fitMode, rotateDegrees } = transform;
  const turned = isSideways(rotateDegrees) ? swapped(picture) : picture;
  const image = { widthPx: transform.widthPx ?? turned.widthPx, heightPx: transform.heightPx ?? turned.heightPx };
  if (fitMode === "stretch") return { cut: null, scaled: image, smart: null, image };
  if (fitMode === "pad") return { cut: null, scaled: grownWithin(turned, image), smart: null, image };
  if (fitMode === "crop") {
    const cut = largestOfShape(turned, image);
    return { cut: isSideways(rotateDegrees) ? swapped(cut) : cut, scaled: image, smart: null, image };
  }
  if (fitMode === "smartcrop") return { cut: null, ...smartShape(turned, image), image };
  const scaled = fitWithin(turned, transform);
  return { cut: null, scaled, smart: null, image: scaled };
}

/** The picture is not enlarged before the part is chosen: a very wide one would become gigantic. */
function smartShape(turned: Size, image: Size): { scaled: Size; smart: Size } {
  const part = largestOfShape(turned, image);
  const scale = Math.min(1, image.widthPx / part.widthPx);
  const scaled = scaledBy(turned, scale);
  const smart = scaledBy(part, scale);
  return {
    scaled,
    smart: {
      widthPx: Math.min(smart.widthPx, scaled.widthPx),
      heightPx: Math.min(smart.heightPx, scaled.heightPx),
    },
  };
}

/**
 * The same for another rendition of the picture, so that the image is the same to the pixel. Null where that one is too small:
 * see {@link isOversized}.
 */
export function shapeFor(
  rendition: Size,
  picture: Size,
  shape: ImageShape,
  transform: ImageTransform,
): ImageShape | null {
  const cut = shape.cut ?? picture;
  const scaled = isSideways(transform.rotateDegrees) ? swapped(shape.scaled) : shape.scaled;
  const own: Size = {
    widthPx: Math.min(rendition.widthPx, Math.round((cut.widthPx * rendition.widthPx) / picture.widthPx)),
    heightPx: Math.min(rendition.heightPx, Math.round((cut.heightPx * rendition.heightPx) / picture.heightPx)),
  };
  if (!isOversized(own, scaled)) return null;
  return { ...shape, cut: shape.cut === null ? null : own };
}

/** Renditions have lost something to their bitrate: one has to be so much larger than what is made of it. */
const OVERSIZE = 1.5;

export function isOversized(rendition: Size, { widthPx, heightPx }: Size): boolean {
  return rendition.widthPx >= widthPx * OVERSIZE && rendition.heightPx >= heightPx * OVERSIZE;
}

/**
 * ffmpeg's filters from a picture to a size, of square pixels.
 *
 * @param toneMap filters that make its brightness ordinary: once it is small, since their cost is by the pixel
 */
export function sizeFilters({ widthPx, heightPx }: Size, toneMap: readonly string[], scaler = "bicubic"): string[] {
  return [`scale=${widthPx}:${heightPx}:flags=${scaler}`, ...toneMap, "setsar=1"];
}

/**
 * Steps as filters of ffmpeg, to pixels of three bytes; choosing the smart part is not among them.
 *
 * @param toneMap as of {@link sizeFilters}
 */
export function imageFilters(
  { cut, scaled, smart, image }: ImageShape,
  transform: ImageTransform,
  toneMap: readonly string[],
): string[] {
  const { rotateDegrees, fitMode, flipH, flipV } = transform;
  const before = isSideways(rotateDegrees) ? swapped(scaled) : scaled;
  return [
    ...(cut === null ? [] : [`crop=${cut.widthPx}:${cut.heightPx}`]),
    ...sizeFilters(before, toneMap, IMAGE_SCALER),
    "format=rgb24", // from here on each pixel can be cut and moved alone
    ...TURNS[rotateDegrees],
    ...(fitMode === "pad" && smart === null
      ? [`pad=${image.widthPx}:${image.heightPx}:(ow-iw)/2:(oh-ih)/2:black`]
      : []),
    ...(flipH ? ["hflip"] : []),
    ...(flipV ? ["vflip"] : []),
  ];
}

const TURNS: Record<ImageRotation, readonly string[]> = {
  0: [],
  90: ["transpose=clock"],
  180: ["hflip", "vflip"],
  270: ["transpose=cclock"],
};

function isSideways(rotation: ImageRotation): boolean {
  return rotation % 180 === 90;
}

function swapped({ widthPx, heightPx }: Size): Size {
  return { widthPx: heightPx, heightPx: widthPx };
}

/** As large as fits, also larger than the picture. */
function grownWithin(picture: Size, bounds: Size): Size {
  return scaledBy(picture, Math.min(bounds.widthPx / picture.widthPx, bounds.heightPx / picture.heightPx));
}

/** The largest part of a picture that has the shape of `shape`. */
function largestOfShape(picture: Size, shape: Size): Size {
  return scaledBy(shape, Math.min(picture.widthPx / shape.widthPx, picture.heightPx / shape.heightPx));
}

function scaledBy({ widthPx, heightPx }: Size, scale: number): Size {
  return { widthPx: Math.max(1, Math.round(widthPx * scale)), heightPx: Math.max(1, Math.round(heightPx * scale)) };
}
