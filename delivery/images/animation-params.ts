import { ImageParams, type ParamSource } from "./image-params.ts";
import { toMs } from "./to-ms.ts";

/** How an animated image is wanted (reference video-api.md §8.3). */
export interface AnimationParams {
  startSeconds: number;
  /** As given; else so much after the start as the asset has. */
  endSeconds: number;
  widthPx: number | null;
  heightPx: number | null;
  fps: number;
}

const SIDE = { min: 1, max: 640 };
const DEFAULT_WIDTH_PX = 320;
const FPS = { min: 1, max: 30 };
const DEFAULT_FPS = 15;
const DEFAULT_SECONDS = 5;
const MIN_SECONDS = 0.25;
const MAX_SECONDS = 10;

/**
 * Unknown parameters are ignored. Throws 400 that names each that is wrong.
 *
 * @param assetSeconds length of the asset: an end beyond it is the asset's
 */
export function readAnimationParams(source: ParamSource, assetSeconds: number): AnimationParams {
  const params = new ImageParams(source);
  const startSeconds = toMs(params.seconds("start") ?? 0);
  const given = params.seconds("end");
  const endSeconds = toMs(given ?? startSeconds + DEFAULT_SECONDS);
  const [widthPx, heightPx] = [params.whole("width", SIDE), params.whole("height", SIDE)];
  const read: AnimationParams = {
    startSeconds,
    endSeconds: Math.min(endSeconds, toMs(assetSeconds)),
    widthPx: widthPx === null && heightPx === null ? DEFAULT_WIDTH_PX : widthPx,
    heightPx,
    fps: params.number("fps", FPS) ?? DEFAULT_FPS,
  };
  const lengthSeconds = toMs(endSeconds - startSeconds);
  if (lengthSeconds < MIN_SECONDS || lengthSeconds > MAX_SECONDS) {
    params.refuse(`end must be ${MIN_SECONDS} to ${MAX_SECONDS} seconds after start`);
  } else if (startSeconds > 0 && toMs(read.endSeconds - startSeconds) < MIN_SECONDS) {
    params.refuse(`start must be at least ${MIN_SECONDS} seconds before the asset's end at ${toMs(assetSeconds)}`);
  }
  params.check();
  return read;
}
