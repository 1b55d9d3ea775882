import { encodeArguments } from "../../domain/media/encode-arguments.ts";
import { encoderInput } from "../../domain/media/encoder-input.ts";
import type { PictureIndex } from "../../domain/media/picture-index.ts";
import { picturesWithin } from "../../domain/media/picture-range.ts";
import type { Plan, VideoRendition } from "../../domain/media/plan.ts";
import { renditionPictures } from "../../domain/media/trick-rendition.ts";
import { videoCodec } from "../../domain/mp4/codec.ts";
import { writeFragmentHeader } from "../../domain/mp4/fragment.ts";
import { writeInitSegment } from "../../domain/mp4/init-segment.ts";
import { readFragments } from "../../domain/mp4/read-fragments.ts";
import { retime } from "../../domain/mp4/retime.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import type { Source } from "../source/open-source.ts";
import { readSamples } from "../source/read-samples.ts";

/** The encoder's output is not what the plan says: nothing of it may be stored. */
export class EncodeMismatchError extends Error {
  override readonly name = "EncodeMismatchError";
}

export interface EncodeJob {
  source: Source & { picture: NonNullable<Source["picture"]> };
  plan: Plan;
  rendition: VideoRendition;
  segment: number;
  threads: number;
  signal: AbortSignal;
}

export interface EncodedSegment {
  /** The same for every segment of the rendition; whoever stores it compares. */
  init: Uint8Array;
  segment: Buffer;
}

/** Far above what any ceiling of the ladder lets a segment of ten seconds take. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
/** Sources whose sync samples are not quite what they claim decode right from an earlier one. */
const SYNCS_BACK = [0, 1, 3];

/**
 * Makes one segment of one rendition. The result is exact: as many pictures as the plan has there, at the plan's times, or it
 * is refused (EncodeMismatchError); neither the encoder's exit status nor what it prints is evidence. Rejects with RangeError
 * when the plan has no pictures there.
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
  { source, plan, rendition, segment, threads, signal }: EncodeJob,
  extraSyncs: number,
): Promise<EncodedSegment> {
  const { track, index } = source.picture;
  const pictures = renditionPictures(rendition, segmentPictures(plan, index, segment));
  const input = encoderInput(track, index, pictures, extraSyncs);
  const samples = await readSamples(objects, source.key, track.samples, input.samples);
  const output = await tools.run({
    args: encodeArguments({ rendition, timescale: plan.timescale, keep: input.keep, threads }),
    stdin: Buffer.concat([...input.head, samples]),
    maxOutputBytes: MAX_OUTPUT_BYTES,
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  const planned = Array.from(index.times.subarray(pictures.from, pictures.to));
  const end = Math.min(plan.boundaries[segment + 1] ?? plan.pictureEnd, plan.pictureEnd);
  return rewrite(output, { rendition, timescale: plan.timescale, offset: input.offset, planned, end, segment });
}

function segmentPictures(plan: Plan, index: PictureIndex, segment: number): { from: number; to: number } {
  const [start, end] = plan.boundaries.slice(segment, segment + 2);
  if (start === undefined || end === undefined) throw new RangeError(`there is no segment ${segment}`);
  const pictures = picturesWithin(index, start, end);
  if (pictures.to <= pictures.from) throw new RangeError(`segment ${segment} has no pictures`);
  return pictures;
}

interface Expected {
  rendition: VideoRendition;
  timescale: number;
  offset: number;
  /** Presentation times, rising. */
  planned: readonly number[];
  end: number;
  segment: number;
}

/** Checks what the encoder wrote against the plan and gives it exact times (docs/decisions/encoding.md). */
function rewrite(output: Uint8Array, expected: Expected): EncodedSegment {
  const { rendition, timescale, offset, planned, end, segment } = expected;
  const { init, samples } = readFragments(output);
  const times = samples.map(({ presentationTime }) => presentationTime - offset);
  const shown = times.toSorted((one, other) => one - other);
  if (init.timescale !== timescale || shown.length !== planned.length || shown.some((time, n) => time !== planned[n])) {
    throw new EncodeMismatchError(
      `${rendition.name} segment ${segment}: ${shown.length} pictures from ${shown[0]} instead of ${planned.length} from ${planned[0]}`,
    );
  }
  const codecs = videoCodec(init.stsd)?.codecs;
  if (codecs !== rendition.codecs) {
    throw new EncodeMismatchError(`${rendition.name}: the encoder made ${codecs}, promised was ${rendition.codecs}`);
  }
  const { baseDecodeTime, timing } = retime(times, end);
  const header = writeFragmentHeader({
    sequence: segment + 1,
    baseDecodeTime,
    samples: timing.map((timed, n) => ({ ...timed, size: samples[n]?.size ?? 0, isSync: n === 0 })),
  });
  const { widthPx, heightPx } = rendition;
  return {
    init: writeInitSegment({ kind: "video", timescale, stsd: init.stsd, widthPx, heightPx, editMediaTime: 0 }),
    segment: Buffer.concat([header, ...samples.map(({ start, size }) => output.subarray(start, start + size))]),
  };
}
