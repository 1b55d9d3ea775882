import type { SampleTable } from "../mp4/movie.ts";
import { readFragments } from "../mp4/read-fragments.ts";
import type { FedTrack } from "./encoder-input.ts";
import type { PictureIndex } from "./picture-index.ts";
import type { Plan } from "./plan.ts";

/** Place in the plan of the segment whose picture is on screen at `ticks`; the first or last one with pictures outside. */
export function segmentAt({ boundaries, pictureEnd }: Plan, ticks: number): number {
  const time = Math.min(ticks, pictureEnd - 1);
  const after = boundaries.findIndex((boundary) => boundary > time);
  return Math.max(0, (after < 0 ? boundaries.length - 1 : after) - 1);
}

/** Pictures of stored segments, ready to be decoded like a source's. */
export interface SegmentPictures {
  track: FedTrack;
  index: PictureIndex;
  /** In which the samples' offsets are. */
  bytes: Uint8Array;
}

/**
 * Reads segments of an encoded rendition that follow each other. Each begins with its only sync sample, and its decode times
 * are its presentation times in order (`retime.ts`), so these are those of all of them.
 */
export function segmentPictures(init: Uint8Array, segments: readonly Uint8Array[]): SegmentPictures {
  const { bytes, begins } = joined([init, ...segments]);
  const { init: facts, samples } = readFragments(bytes);
  const shown = Float64Array.from(samples, ({ presentationTime }) => presentationTime);
  const times = shown.toSorted();
  const end = (times.at(-1) ?? 0) + 1;
  const isFirst = (n: number): boolean =>
    begins.some((begin) => begin > (samples[n - 1]?.start ?? -1) && begin < (samples[n]?.start ?? 0));
  const table: SampleTable = {
    count: samples.length,
    dts: times,
    cts: Int32Array.from(shown, (time, n) => time - (times[n] ?? 0)),
    duration: Uint32Array.from(times, (time, n) => (times[n + 1] ?? end) - time),
    offset: Float64Array.from(samples, ({ start }) => start),
    size: Uint32Array.from(samples, ({ size }) => size),
    isSync: Uint8Array.from(samples, (_, n) => Number(isFirst(n))),
  };
  const order = Uint32Array.from(samples, (_, n) => n).sort((one, other) => (shown[one] ?? 0) - (shown[other] ?? 0));
  const { timescale, stsd, widthPx: codedWidthPx, heightPx: codedHeightPx } = facts;
  const index = { timescale, factor: 1, times, samples: order, end, mediaOrigin: 0, presentationStart: 0 };
  return { track: { samples: table, stsd, codedWidthPx, codedHeightPx, rotationDegrees: 0 }, index, bytes };
}

/** @returns where each part but the first begins */
function joined(parts: readonly Uint8Array[]): { bytes: Uint8Array; begins: number[] } {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  const begins: number[] = [];
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    if (at > 0) begins.push(at);
    at += part.length;
  }
  return { bytes, begins };
}
