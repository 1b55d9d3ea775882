/**
 * What delivery asks a transcoder for over internal HTTP: `POST /make` with one of these as JSON and the shared secret as
 * `Authorization: Bearer`.
 *
 * - 200 for `init` and `segment`: JSON {@link MadeObject}; the object is stored then, and delivery reads it from the store.
 * - 200 for `image`: the bytes, with their content type; images are not stored.
 * - 404: the asset, plan, rendition or segment does not exist.
 * - 503 with `Retry-After`: it cannot be made now.
 */
export type Wanted = WantedInit | WantedSegment | WantedImage;

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

export interface WantedImage extends WantedOfAsset {
  kind: "image";
  format: ImageFormat;
  /** Presentation time; the picture shown then. */
  timeSeconds: number;
  /** Bounds that the picture is fitted into, keeping its shape and never growing; null where not bounded. */
  widthPx: number | null;
  heightPx: number | null;
}

export interface MadeObject {
  key: string;
  sizeBytes: number;
  sha256: string;
}
