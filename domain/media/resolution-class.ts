import type { VideoRendition } from "./plan.ts";

/** Classes that `max_resolution` and `min_resolution` name (reference video-api.md §8.2), with the frame each one fits in. */
const FRAMES = {
  "270p": [480, 270],
  "360p": [640, 360],
  "480p": [854, 480],
  "540p": [960, 540],
  "720p": [1280, 720],
  "1080p": [1920, 1080],
  "1440p": [2560, 1440],
  "2160p": [3840, 2160],
} as const;

/** 852, 854 and 856 × 480 are one class, and so are 1080 and 1088: encoders round odd shapes either way. */
const ROUNDING = 1.01;

export type ResolutionClass = keyof typeof FRAMES;

export const RESOLUTION_CLASSES = Object.keys(FRAMES) as ResolutionClass[];

export interface ResolutionLimits {
  max: ResolutionClass | null;
  min: ResolutionClass | null;
}

/**
 * The smallest class whose frame holds the picture, whichever way it is turned: 1920 × 804 and 1080 × 1920 are 1080p, and all
 * that is larger than the largest frame belongs to the largest class.
 */
export function resolutionClass({ widthPx, heightPx }: Pick<VideoRendition, "widthPx" | "heightPx">): ResolutionClass {
  const long = Math.max(widthPx, heightPx) / ROUNDING;
  const short = Math.min(widthPx, heightPx) / ROUNDING;
  const fitting = RESOLUTION_CLASSES.find((name) => long <= FRAMES[name][0] && short <= FRAMES[name][1]);
  return fitting ?? "2160p";
}

/**
 * The renditions within limits, in the order they came in. A limit that matches nothing falls to the nearest available below
 * it, or, with nothing below, to the lowest there is: never to none.
 *
 * @param video highest first
 */
export function withinLimits(video: readonly VideoRendition[], { max, min }: ResolutionLimits): VideoRendition[] {
  const rank = (rendition: VideoRendition): number => RESOLUTION_CLASSES.indexOf(resolutionClass(rendition));
  const ceiling = max === null ? RESOLUTION_CLASSES.length : RESOLUTION_CLASSES.indexOf(max);
  const floor = min === null ? 0 : RESOLUTION_CLASSES.indexOf(min);
  const below = video.filter((rendition) => rank(rendition) <= ceiling);
  const allowed = below.length > 0 ? below : video.slice(-1);
  const above = allowed.filter((rendition) => rank(rendition) >= floor);
  return above.length > 0 ? above : allowed.slice(0, 1);
}
