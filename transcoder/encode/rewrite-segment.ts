import type { VideoRendition } from "../../domain/media/plan.ts";
import { videoCodec } from "../../domain/mp4/codec.ts";
import { withoutLabels } from "../../domain/mp4/encoder-labels.ts";
import { writeFragmentHeader } from "../../domain/mp4/fragment.ts";
import { writeInitSegment } from "../../domain/mp4/init-segment.ts";
import { readFragments } from "../../domain/mp4/read-fragments.ts";
import { retime } from "../../domain/mp4/retime.ts";

/** The encoder's output is not what the plan says: nothing of it may be stored. */
export class EncodeMismatchError extends Error {
  override readonly name = "EncodeMismatchError";
}

export interface EncodedSegment {
  /** The same for every segment of the rendition; whoever stores it compares. */
  init: Uint8Array;
  segment: Buffer;
}

/** What a segment has to be. */
export interface ExpectedSegment {
  rendition: VideoRendition;
  segment: number;
  timescale: number;
  /** Presentation times, rising. */
  planned: readonly number[];
  end: number;
}

/**
 * Checks what an encoder wrote against the plan and gives it exact times (docs/decisions/encoding.md). Throws
 * EncodeMismatchError: neither the encoder's exit status nor what it prints is evidence.
 *
 * @param offset times in the encoder's output minus this are the plan's
 */
export function rewriteSegment(output: Uint8Array, expected: ExpectedSegment, offset: number): EncodedSegment {
  const { rendition, timescale, planned, end, segment } = expected;
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
  const stsd = withoutLabels(init.stsd);
  return {
    init: writeInitSegment({ kind: "video", timescale, stsd, widthPx, heightPx, editMediaTime: 0 }),
    segment: Buffer.concat([header, ...samples.map(({ start, size }) => output.subarray(start, start + size))]),
  };
}
