import { IMAGE_FORMATS, type ImageFormat } from "../../domain/media/transcoder-wire.ts";
import { ImageParams, type ParamSource } from "./image-params.ts";
import { toMs } from "./to-ms.ts";

/** Which stretch of an asset a storyboard shows: the one that a playlist with the same parameters plays. */
export interface StoryboardParams {
  startSeconds: number;
  endSeconds: number;
  /** Of the image that VTT and JSON name. */
  format: ImageFormat;
}

const FORMATS = Object.keys(IMAGE_FORMATS) as ImageFormat[]; // written out in the module that it comes from

/** Parameters of the stretch; a URL of the image gets those of its VTT. */
export const STRETCH_PARAMS = ["asset_start_time", "asset_end_time"] as const;

/** Unknown parameters are ignored, those of program time too: on-demand assets have none. Throws 400 for what is wrong. */
export function readStoryboardParams(source: ParamSource, assetSeconds: number): StoryboardParams {
  const params = new ImageParams(source);
  const [start, end] = STRETCH_PARAMS.map((name) => params.seconds(name));
  const read: StoryboardParams = {
    startSeconds: toMs(start ?? 0),
    endSeconds: toMs(Math.min(end ?? assetSeconds, assetSeconds)),
    format: params.oneOf("format", FORMATS) ?? "jpg",
  };
  if (read.startSeconds >= read.endSeconds) {
    params.refuse(`asset_start_time must be before asset_end_time and the asset's end at ${toMs(assetSeconds)}`);
  }
  params.check();
  return read;
}
