import { encodeManyArguments } from "../../domain/media/encode-arguments.ts";
import { encoderInput } from "../../domain/media/encoder-input.ts";
import type { VideoRendition } from "../../domain/media/plan.ts";
import { Mp4Error } from "../../domain/mp4/mp4-error.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { FfmpegError, type FfmpegTools } from "../ffmpeg.ts";
import { placedFiles } from "../overlays/overlay-layers.ts";
import { readSamples } from "../source/read-samples.ts";
import { type EncodeJob, expectedSegment, MAX_SEGMENT_BYTES, placesOfSegment } from "./encode-pictures.ts";
import { type EncodedSegment, EncodeMismatchError, rewriteSegment } from "./rewrite-segment.ts";

export interface EncodeManyJob extends Omit<EncodeJob, "rendition" | "segment"> {
  renditions: readonly VideoRendition[];
  /** Neighbours, [first, end). */
  segments: { first: number; end: number };
}

export interface EncodedOfMany {
  rendition: VideoRendition;
  segment: number;
  /** The error where the encoder's output is not what the plan says; it may be right when it is made alone. */
  outcome: EncodedSegment | EncodeMismatchError;
}

/** For all of it, in the background, on a busy machine. */
const TIMEOUT_MS = 900_000;

/**
 * Makes several renditions of several neighbouring segments by one decode, with the same bytes as one by one. What is not
 * exactly as planned is told as such, and everything else is right. Rejects with RangeError when a segment has no pictures.
 */
export async function encodeMany(tools: FfmpegTools, objects: Objects, job: EncodeManyJob): Promise<EncodedOfMany[]> {
  const { source, plan, layerOf, renditions, segments, threads, signal } = job;
  const { track, index } = source.picture;
  const { timescale, hdr } = plan;
  const places = Array.from({ length: segments.end - segments.first }, (_, n) => segments.first + n);
  const pictures = places.map((segment) => placesOfSegment(plan, index, segment));
  const whole = { from: pictures[0]?.from ?? 0, to: pictures.at(-1)?.to ?? 0 };
  const input = encoderInput(track, index, whole);
  const keeps = pictures.map(({ from, to }) => ({
    start: (index.times[from] ?? 0) + input.offset,
    end: (index.times[to - 1] ?? 0) + input.offset + 1,
  }));
  const samples = await readSamples(objects, source.key, track.samples, input.samples);
  const layers = await Promise.all(renditions.map(layerOf));
  const placed = placedFiles(layers);
  const running = tools.runMany({
    args: encodeManyArguments({ renditions, layers, keeps, timescale, hdr, threads }),
    ...(placed && { placed }),
    stdin: Buffer.concat([...input.head, samples]),
    maxOutputBytes: MAX_SEGMENT_BYTES,
    timeoutMs: TIMEOUT_MS,
    isBackground: true,
    signal,
  });
  const outputs = await running.catch((error: unknown): Uint8Array[] => {
    if (error instanceof FfmpegError && error.reason !== "aborted") return []; // nothing is as planned
    throw error;
  });
  const orders = renditions.flatMap((rendition) => places.map((segment) => ({ rendition, segment })));
  return orders.map(({ rendition, segment }, n) => {
    const expected = expectedSegment(plan, index, rendition, segment);
    return { rendition, segment, outcome: rewritten(outputs[n] ?? new Uint8Array(), expected, input.offset) };
  });
}

function rewritten(...args: Parameters<typeof rewriteSegment>): EncodedOfMany["outcome"] {
  try {
    return rewriteSegment(...args);
  } catch (error) {
    if (error instanceof EncodeMismatchError) return error;
    if (error instanceof Mp4Error) return new EncodeMismatchError("the encoder wrote no whole file", { cause: error });
    throw error;
  }
}
