import { encodeArguments } from "../../domain/media/encode-arguments.ts";
import { encoderInput, SYNCS_BACK } from "../../domain/media/encoder-input.ts";
import type { PictureIndex } from "../../domain/media/picture-index.ts";
import { picturesWithin } from "../../domain/media/picture-range.ts";
import type { Plan, VideoRendition } from "../../domain/media/plan.ts";
import { renditionPictures } from "../../domain/media/trick-rendition.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { type LayerOf, placedFiles } from "../overlays/overlay-layers.ts";
import type { Source } from "../source/open-source.ts";
import { readSamples } from "../source/read-samples.ts";
import { type EncodedSegment, EncodeMismatchError, type ExpectedSegment, rewriteSegment } from "./rewrite-segment.ts";

export interface PicturedSource extends Source {
  picture: NonNullable<Source["picture"]>;
}

export interface EncodeJob {
  source: PicturedSource;
  plan: Plan;
  layerOf: LayerOf;
  rendition: VideoRendition;
  segment: number;
  threads: number;
  signal: AbortSignal;
}

/** Far above what any ceiling of the ladder lets a segment of ten seconds take. */
export const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/**
 * Makes one segment of one rendition. The result is exact: as many pictures as the plan has there, at the plan's times, or it
 * is refused (EncodeMismatchError). Rejects with RangeError when the plan has no pictures there.
 */
export async function encodePictures(tools: FfmpegTools, objects: Objects, job: EncodeJob): Promise<EncodedSegment> {
  let mismatch: unknown;
  for (const extraSyncs of SYNCS_BACK) {
    try {
      return await encodeOnce(tools, objects, job, extraSyncs);
    } catch (error) {
      if (!(error instanceof EncodeMismatchError)) throw error;
      mismatch = error;
    }
  }
  throw mismatch;
}

async function encodeOnce(
  tools: FfmpegTools,
  objects: Objects,
  { source, plan, layerOf, rendition, segment, threads, signal }: EncodeJob,
  extraSyncs: number,
): Promise<EncodedSegment> {
  const { track, index } = source.picture;
  const { timescale, hdr } = plan;
  const pictures = renditionPictures(rendition, placesOfSegment(plan, index, segment));
  const input = encoderInput(track, index, pictures, extraSyncs);
  const samples = await readSamples(objects, source.key, track.samples, input.samples);
  const layer = await layerOf(rendition);
  const placed = placedFiles([layer]);
  const output = await tools.run({
    args: encodeArguments({ rendition, layer, timescale, keep: input.keep, hdr, threads }),
    ...(placed && { placed }),
    stdin: Buffer.concat([...input.head, samples]),
    maxOutputBytes: MAX_SEGMENT_BYTES,
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  return rewriteSegment(output, expectedSegment(plan, index, rendition, segment), input.offset);
}

/** Places [from, to) of a segment's pictures in the index. Throws RangeError when it has none. */
export function placesOfSegment(plan: Plan, index: PictureIndex, segment: number): { from: number; to: number } {
  const [start, end] = plan.boundaries.slice(segment, segment + 2);
  if (start === undefined || end === undefined) throw new RangeError(`there is no segment ${segment}`);
  const pictures = picturesWithin(index, start, end);
  if (pictures.to <= pictures.from) throw new RangeError(`segment ${segment} has no pictures`);
  return pictures;
}

/** What the plan says of a segment. */
export function expectedSegment(
  plan: Plan,
  index: PictureIndex,
  rendition: VideoRendition,
  segment: number,
): ExpectedSegment {
  const { from, to } = renditionPictures(rendition, placesOfSegment(plan, index, segment));
  const planned = Array.from(index.times.subarray(from, to));
  const end = Math.min(plan.boundaries[segment + 1] ?? plan.pictureEnd, plan.pictureEnd);
  return { rendition, segment, timescale: plan.timescale, planned, end };
}
