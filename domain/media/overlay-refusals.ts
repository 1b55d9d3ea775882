/** Largest side of an image that is burnt in (reference video-api.md §3.1 `url`). */
export const MAX_OVERLAY_SIDE_PX = 4_096;

/** Why an image is not burnt in, and what helps, behind the name of its input. docs/refused-files.md lists them. */
export const OVERLAY_REFUSALS = {
  unknown: "The overlay is no image that we know. Give a PNG, JPEG or WebP file.",
  damaged: "The overlay is damaged: the image cannot be decoded. Export it again, for example as PNG.",
  moving: "The overlay is a moving image. Give one that stands still, for example as PNG.",
} as const;

export function overlayTooLarge(widthPx: number, heightPx: number): string {
  return `The overlay of ${widthPx} × ${heightPx} is too large: at most 4096 × 4096. Make it smaller.`;
}
