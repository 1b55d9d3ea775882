/** Largest side of an image that is burnt in (reference video-api.md §3.1 `url`). */
export const MAX_OVERLAY_SIDE_PX = 4_096;

/** Of the picture's sides: what is larger has the image's shape and one huge side. At this one, scaling what is seen takes a second. */
export const MAX_OVERLAY_RATIO = 20;

/** Why an image is not burnt in, and what helps, behind the name of its input. docs/refused-files.md lists them. */
export const OVERLAY_REFUSALS = {
  unknown: "The overlay is no image that we know. Give a PNG, JPEG or WebP file.",
  damaged: "The overlay is damaged: the image cannot be decoded. Export it again, for example as PNG.",
  huge: "The overlay would be more than 20 times as wide or high as the picture. Give it a smaller width or height.",
  moving: "The overlay is a moving image. Give one that stands still, for example as PNG.",
} as const;

export function overlayTooLarge(widthPx: number, heightPx: number): string {
  return `The overlay of ${widthPx} × ${heightPx} is too large: at most 4096 × 4096. Make it smaller.`;
}
