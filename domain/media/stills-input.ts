import { writeFragmentHeader } from "../mp4/fragment.ts";
import { writeInitSegment } from "../mp4/init-segment.ts";
import type { FedTrack } from "./encoder-input.ts";

/**
 * `ftyp`, `moov`, `moof` and the head of `mdat` of a small MP4 with just these sync samples, one a tick; their bytes follow in
 * the same order. Each is decoded without any other.
 */
export function stillsInput(track: FedTrack, samples: readonly number[]): Uint8Array[] {
  const { samples: table, stsd, codedWidthPx: widthPx, codedHeightPx: heightPx, rotationDegrees } = track;
  const fragment = writeFragmentHeader({
    sequence: 1,
    baseDecodeTime: 0,
    samples: samples.map((sample) => ({ size: table.size[sample] ?? 0, duration: 1, ctsOffset: 0, isSync: true })),
  });
  const shown = { widthPx, heightPx, rotationDegrees: rotationDegrees ?? 0, editMediaTime: 0 };
  return [writeInitSegment({ kind: "video", timescale: STILLS_PER_SECOND, stsd, ...shown }), fragment];
}

/** Any; nothing is shown in time. */
const STILLS_PER_SECOND = 25;
