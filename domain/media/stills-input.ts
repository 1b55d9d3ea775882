import { writeFragmentHeader } from "../mp4/fragment.ts";
import { writeInitSegment } from "../mp4/init-segment.ts";
import type { FedTrack } from "./encoder-input.ts";

/**
 * `ftyp`, `moov`, `moof` and the head of `mdat` of a small MP4 with just these sync samples, one a tick; their bytes follow in
 * the same order. Each is decoded without any other.
 */
export function stillsInput(track: FedTrack, samples: readonly number[]): Uint8Array[] {
  const { samples: table, stsd, codedWidthPx: widthPx, codedHeightPx: heightPx } = track;
  const fragment = writeFragmentHeader({
    sequence: 1,
    baseDecodeTime: 0,
    samples: samples.map((sample) => ({ size: table.size[sample] ?? 0, duration: 1, ctsOffset: 0, isSync: true })),
  });
  const init = { kind: "video", timescale: STILLS_PER_SECOND, stsd, widthPx, heightPx, editMediaTime: 0 } as const;
  return [writeInitSegment(init), fragment];
}

/** Any; nothing is shown in time. */
const STILLS_PER_SECOND = 25;
