import { FIT_MODES, type ImageTransform } from "../../domain/media/image-shape.ts";
import { ImageParams, type ParamSource } from "./image-params.ts";

/** How a thumbnail is wanted (reference video-api.md §8.3). */
export interface ThumbnailParams extends ImageTransform {
  /** Null: the middle. */
  timeSeconds: number | null;
}

const SIDE = { min: 1, max: 4_096 };
const TURNS = ["90", "180", "270"] as const;
const DEGREES = { "90": 90, "180": 180, "270": 270 } as const;

/** Unknown parameters are ignored. Throws 400 that names each that is wrong. */
export function readThumbnailParams(source: ParamSource): ThumbnailParams {
  const params = new ImageParams(source);
  const rotate = params.oneOf("rotate", TURNS);
  const read: ThumbnailParams = {
    timeSeconds: params.seconds("time"),
    widthPx: params.whole("width", SIDE),
    heightPx: params.whole("height", SIDE),
    fitMode: params.oneOf("fit_mode", FIT_MODES) ?? "preserve",
    rotateDegrees: rotate === null ? 0 : DEGREES[rotate],
    flipH: params.flag("flip_h"),
    flipV: params.flag("flip_v"),
  };
  if (read.fitMode !== "preserve" && !(params.has("width") && params.has("height"))) {
    params.refuse(`fit_mode=${read.fitMode} needs width and height`);
  }
  if (params.flag("latest")) params.refuse("latest is for live streams: this asset is on demand, give a time");
  if (params.has("program_time"))
    params.refuse("program_time is for live streams: this asset is on demand, give a time");
  params.check();
  return read;
}
