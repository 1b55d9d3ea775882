import { writeFragmentHeader } from "../mp4/fragment.ts";
import { writeInitSegment } from "../mp4/init-segment.ts";
import type { Track } from "../mp4/movie.ts";
import type { PictureIndex } from "./picture-index.ts";
import { decodedSamples, type SampleRange } from "./picture-range.ts";

/**
 * What an encoder is fed: a small fragmented MP4 with just the samples it has to decode, in the source's own times. So it
 * never opens the source, never seeks, and needs neither files nor network. What is turned in the source is turned here too, and
 * ffmpeg turns it upright before its filters.
 */
export interface EncoderInput {
  /** `ftyp`, `moov`, `moof` and the head of `mdat`; the bytes of {@link samples} follow. */
  head: readonly Uint8Array[];
  samples: SampleRange;
  /** Times in the encoder's input and output minus this are the plan's. */
  offset: number;
  /** First time to be kept and first not to be, as the encoder sees them. */
  keep: { start: number; end: number };
}

/** `extraSyncs` to try in turn: sources whose sync samples are not quite what they claim decode right from an earlier one. */
export const SYNCS_BACK = [0, 1, 3] as const;

/** What of a track is fed. */
export type FedTrack = Pick<Track, "samples" | "stsd" | "codedWidthPx" | "codedHeightPx" | "rotationDegrees">;

/**
 * @param pictures places [from, to) in the index that are wanted
 * @param extraSyncs see {@link decodedSamples}
 * @param startAt where the first wanted picture is put on the encoder's time line; null: where the source has it
 */
export function encoderInput(
  { samples: table, stsd, codedWidthPx, codedHeightPx, rotationDegrees }: FedTrack,
  index: PictureIndex,
  pictures: { from: number; to: number },
  extraSyncs = 0,
  startAt: number | null = null,
): EncoderInput {
  const { factor, timescale } = index;
  const samples = decodedSamples(index, table, pictures, extraSyncs);
  const size = { widthPx: codedWidthPx, heightPx: codedHeightPx };
  const turn = { rotationDegrees: rotationDegrees ?? 0 };
  const init = writeInitSegment({ kind: "video", timescale, stsd, ...size, ...turn, editMediaTime: 0 });
  // ffmpeg moves decode times that lie behind presentation times, so all are presented that much later
  const later = -table.cts.subarray(samples.first, samples.end).reduce((least, cts) => Math.min(least, cts), 0);
  const sourceStart = (index.times[pictures.from] ?? 0) + (index.mediaOrigin + later) * factor;
  const shift = startAt === null ? 0 : startAt - sourceStart;
  const fragment = writeFragmentHeader({
    sequence: 1,
    baseDecodeTime: (table.dts[samples.first] ?? 0) * factor + shift,
    samples: Array.from({ length: samples.end - samples.first }, (_, n) => {
      const sample = samples.first + n;
      return {
        size: table.size[sample] ?? 0,
        duration: (table.duration[sample] ?? 0) * factor,
        ctsOffset: ((table.cts[sample] ?? 0) + later) * factor,
        isSync: table.isSync[sample] === 1,
      };
    }),
  });
  const offset = (index.mediaOrigin + later) * factor + shift;
  const start = (index.times[pictures.from] ?? 0) + offset;
  const end = (index.times[pictures.to - 1] ?? 0) + offset + 1;
  return { head: [init, fragment], samples, offset, keep: { start, end } };
}
