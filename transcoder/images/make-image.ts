import { type ImageShape, imageFilters, imageShape, shapeFor } from "../../domain/media/image-shape.ts";
import { pictureAt } from "../../domain/media/picture-range.ts";
import type { WantedImage } from "../../domain/media/transcoder-wire.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { PlannedSource } from "../source/source-cache.ts";
import { choosePart } from "./choose-part.ts";
import { compress } from "./compress.ts";
import { type Decoder, decodePicture } from "./decode-picture.ts";
import { type Pictures, sourcePictures, storedPictures } from "./pictures.ts";

export interface ImageParts {
  tools: Decoder;
  objects: Objects;
  log: Logger;
}

/** The picture that is on screen at a time, in the wanted format and size; null when the source has no picture. */
export async function makeImage(
  parts: ImageParts,
  planned: PlannedSource,
  wanted: WantedImage,
  signal: AbortSignal,
): Promise<Buffer | null> {
  const [top] = planned.plan.video;
  const source = await sourcePictures(parts.objects, planned);
  if (source === null || top === undefined) return null;
  const whole = imageShape(top, wanted);
  const { pictures, shape } = (await fromStored(parts, planned, wanted, whole)) ?? { pictures: source, shape: whole };
  const { scaled, smart, image } = shape;
  const pixels = await decodePicture(parts.tools, pictures, {
    at: pictureAt(pictures.index, wanted.timeSeconds * planned.plan.timescale),
    filters: imageFilters(shape, wanted, pictures.toneMap),
    size: smart === null ? image : scaled,
    signal,
  });
  return compress(smart === null ? pixels : await choosePart(pixels, scaled, smart, image), image, wanted.format);
}

/** The lowest rendition that is large enough and has the segment already: a tenth of the decoding. */
async function fromStored(
  parts: ImageParts,
  { plan }: PlannedSource,
  wanted: WantedImage,
  whole: ImageShape,
): Promise<{ pictures: Pictures; shape: ImageShape } | null> {
  const ticks = wanted.timeSeconds * plan.timescale;
  for (const rendition of plan.video.toReversed()) {
    const [top = rendition] = plan.video;
    const shape = shapeFor(rendition, top, whole, wanted);
    if (shape === null || rendition.kind !== "encoded") continue;
    const pictures = await storedPictures(parts, wanted, plan, rendition, { startTicks: ticks, endTicks: ticks });
    if (pictures !== null) return { pictures, shape };
  }
  return null;
}
