import { usualColourMatrix } from "../../domain/media/colour-matrix.ts";
import type { FedTrack } from "../../domain/media/encoder-input.ts";
import { initKey, type PlanRef, segmentKey } from "../../domain/media/object-keys.ts";
import { overlayFilter } from "../../domain/media/overlay-filters.ts";
import { toneMapFilters, toneMapImageFilters } from "../../domain/media/picture-filters.ts";
import type { PictureIndex } from "../../domain/media/picture-index.ts";
import type { SampleRange } from "../../domain/media/picture-range.ts";
import type { Plan, VideoRendition } from "../../domain/media/plan.ts";
import { segmentAt, segmentPictures } from "../../domain/media/segment-pictures.ts";
import { shownSize } from "../../domain/media/source-facts.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import { readWhole } from "../make/whole-objects.ts";
import { type PlacedLayer, placedFiles } from "../overlays/overlay-layers.ts";
import { readSamples } from "../source/read-samples.ts";
import type { PlannedSource } from "../source/source-cache.ts";

/** Pictures that can be decoded: those of the source, or of stored segments of a rendition. */
export interface Pictures {
  track: FedTrack;
  /** Their times are the plan's. */
  index: PictureIndex;
  /** Where the stream does not say how its colours are coded, it is as in HD: BT.709. */
  isHd: boolean;
  /** Filters that give a decoded picture the size and shape of the highest rendition, with what is burnt in. */
  before: readonly string[];
  /** What those filters read (`FfmpegRun.placed`). */
  placed?: Readonly<Record<string, Uint8Array>> | undefined;
  /** Filters that make its brightness ordinary, for when it is as small as it is to be. */
  toneMap: readonly string[];
  /** Bytes of samples, in decode order. */
  read(range: SampleRange): Promise<Buffer>;
}

/** Null when the source has no picture. */
export async function sourcePictures(
  objects: Objects,
  { source, plan, layerOf }: PlannedSource,
): Promise<Pictures | null> {
  if (source.picture === null) return null;
  const { track, index } = source.picture;
  const [top] = plan.video;
  const layer = top === undefined ? null : await layerOf(top);
  const read = (range: SampleRange) => readSamples(objects, source.key, track.samples, range);
  if (layer === null) {
    const toneMap = plan.hdr === undefined ? [] : toneMapImageFilters(plan.hdr);
    return { track, index, isHd: isHd(plan), before: filtersBefore(track, plan), toneMap, read };
  }
  const mapped = plan.hdr === undefined ? [] : toneMapFilters(plan.hdr); // what is burnt in has ordinary brightness
  const before = [...filtersBefore(track, plan), ...mapped, ...burningFilters(layer)];
  return { track, index, isHd: isHd(plan), before, placed: placedFiles([layer]), toneMap: [], read };
}

/** None for what is shown as it is decoded, which is nearly everything. */
function filtersBefore(track: FedTrack, plan: Plan): string[] {
  const [top] = plan.video;
  if (top === undefined) return [];
  const { widthPx, heightPx } = shownSize({ ...track, sampleAspectRatio: 1 });
  const isOfItsShape = top.widthPx === widthPx && top.heightPx === heightPx;
  return isOfItsShape ? [] : [`scale=${top.widthPx}:${top.heightPx}:flags=bicubic`];
}

/** As in the renditions, whose pictures have 8 bits of 4:2:0. */
function burningFilters(layer: PlacedLayer): string[] {
  return ["format=yuv420p", overlayFilter(layer, "o")];
}

/** Pictures from and to these times, from stored segments of a rendition; null when not all of them are stored. */
export async function storedPictures(
  { objects, log }: { objects: Objects; log: Logger },
  ref: PlanRef,
  plan: Plan,
  { name }: VideoRendition,
  { startTicks, endTicks }: { startTicks: number; endTicks: number },
): Promise<Pictures | null> {
  const [first, last] = [segmentAt(plan, startTicks), segmentAt(plan, endTicks)];
  const segments: Buffer[] = [];
  for (let segment = first; segment <= last; segment += 1) {
    const stored = await readWhole(objects, log, segmentKey(ref, name, segment));
    if (stored === null) return null;
    segments.push(stored.bytes);
  }
  const init = await readWhole(objects, log, initKey(ref, name));
  if (init === null) return null;
  const { track, index, bytes } = segmentPictures(init.bytes, segments);
  const sampleBytes = (sample: number): Uint8Array => {
    const start = track.samples.offset[sample] ?? 0;
    return bytes.subarray(start, start + (track.samples.size[sample] ?? 0));
  };
  return {
    track,
    index,
    isHd: isHd(plan),
    ...{ before: [], toneMap: [] },
    read: async (range) =>
      Buffer.concat(Array.from({ length: range.end - range.first }, (_, n) => sampleBytes(range.first + n))),
  };
}

function isHd({ video: [top] }: Plan): boolean {
  return top !== undefined && usualColourMatrix(top.heightPx) === "bt709";
}
