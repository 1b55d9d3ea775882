import type { ImageTransform } from "./image-shape.ts";

/**
 * What delivery asks a transcoder for over internal HTTP: `POST /make` with one of these as JSON and the shared secret as
 * `Authorization: Bearer`.
 *
 * - 200 for `init` and `segment`: JSON {@link MadeObject}; the object is stored then, and delivery reads it from the store.
 * - 200 for `image`, `animation` and `storyboard`: the bytes, with their content type. The last two are also stored
 *   (`image-keys.ts`), unless the asset has many already: who wants one looks there first.
 * - 404: the asset, plan, rendition or segment does not exist.
 * - 503 with `Retry-After`: it cannot be made now.
 */
export type Wanted = WantedInit | WantedSegment | WantedPicture;

/** What is answered with its bytes. */
export type WantedPicture = WantedImage | WantedAnimation | WantedStoryboard;

interface WantedOfAsset {
  environment: string;
  assetId: string;
  planId: string;
}

export interface WantedInit extends WantedOfAsset {
  kind: "init";
  rendition: string;
}

export interface WantedSegment extends WantedOfAsset {
  kind: "segment";
  rendition: string;
  /** Index in the plan, from 0. */
  segment: number;
}

export const IMAGE_FORMATS = { jpg: "image/jpeg", png: "image/png", webp: "image/webp" } as const;
export type ImageFormat = keyof typeof IMAGE_FORMATS;

export interface WantedImage extends WantedOfAsset, ImageTransform {
  kind: "image";
  format: ImageFormat;
  /** Presentation time; the picture shown then. */
  timeSeconds: number;
}

export const ANIMATION_FORMATS = { gif: "image/gif", webp: "image/webp" } as const;
export type AnimationFormat = keyof typeof ANIMATION_FORMATS;

/** A few seconds as a moving image. */
export interface WantedAnimation extends WantedOfAsset {
  kind: "animation";
  format: AnimationFormat;
  /** To the millisecond. */
  startSeconds: number;
  endSeconds: number;
  /** Bounds as of {@link WantedImage} in its fit mode `preserve`. */
  widthPx: number | null;
  heightPx: number | null;
  /** Pictures per second. */
  fps: number;
}

/** Small pictures over a stretch of the asset, side by side in one image (`storyboard.ts`). */
export interface WantedStoryboard extends WantedOfAsset {
  kind: "storyboard";
  format: ImageFormat;
  /** To the millisecond. */
  startSeconds: number;
  endSeconds: number;
}

export interface MadeObject {
  key: string;
  sizeBytes: number;
  sha256: string;
}
