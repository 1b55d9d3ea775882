import { imageFilters, imageShape } from "../../domain/media/image-shape.ts";
import { pictureAt } from "../../domain/media/picture-range.ts";
import type { WantedImage } from "../../domain/media/transcoder-wire.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import type { PlannedSource } from "../source/source-cache.ts";
import { choosePart } from "./choose-part.ts";
import { compress } from "./compress.ts";
import { decodePicture } from "./decode-picture.ts";
import { sourcePictures } from "./pictures.ts";

/** The picture that is on screen at a time, in the wanted format and size; null when the source has no picture. */
export async function makeImage(
  tools: FfmpegTools,
  objects: Objects,
  { plan, source }: PlannedSource,
  wanted: WantedImage,
  signal: AbortSignal,
): Promise<Buffer | null> {
  const [top] = plan.video;
  if (source.picture === null || top === undefined) return null;
  const { scaled, smart, image, ...shape } = imageShape(top, wanted);
  const pictures = sourcePictures(objects, source.key, source.picture);
  const pixels = await decodePicture(tools, pictures, {
    at: pictureAt(pictures.index, wanted.timeSeconds * plan.timescale),
    filters: imageFilters({ scaled, smart, image, ...shape }, wanted),
    size: smart === null ? image : scaled,
    signal,
  });
  return compress(smart === null ? pixels : await choosePart(pixels, scaled, smart, image), image, wanted.format);
}
