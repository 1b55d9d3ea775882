import { evenPx } from "./even-px.ts";
import { fitWithin } from "./fit-within.ts";
import { h264HighCodecs, h264Level } from "./h264-level.ts";
import { peakBitrate } from "./peak-bitrate.ts";
import { type AudioRendition, findRendition, type Plan, segmentSeconds, type VideoRendition } from "./plan.ts";

/** Part of object keys and URLs, like the names of renditions. */
export const TRICK_RENDITION = "trick";

/** Bounds of either side: as large as the picture of a scrubbing bar gets. */
const MAX_SIDE_PX = 480;
/** Ceiling of the encoder. Its buffer holds a second of it and begins nine tenths full: a picture takes no more than those. */
const MAX_BITRATE = 500_000;
const BUFFER_START_RATIO = 0.9;
/** `styp`, `moof` and head of `mdat` of a segment of one sample. */
const OVERHEAD_BYTES = 200;

/**
 * A rendition for scrubbing: of each segment its first picture alone, small, a sync sample that lasts as long as the segment.
 * It follows from the plan and is no part of it, so that plans that were made before have it too. Made on demand like the
 * encoded renditions. Null where there is no picture.
 */
export function trickRendition(plan: Plan): VideoRendition | null {
  const [top] = plan.video;
  if (top === undefined) return null;
  const { widthPx, heightPx } = evenSize(fitWithin(top, { widthPx: MAX_SIDE_PX, heightPx: MAX_SIDE_PX }));
  const bits = MAX_BITRATE * BUFFER_START_RATIO + OVERHEAD_BYTES * 8;
  const weights = segmentSeconds(plan, top).map((seconds) => ({ seconds, bits: seconds > 0 ? bits : 0 }));
  return {
    kind: "encoded",
    name: TRICK_RENDITION,
    codecs: h264HighCodecs(h264Level(widthPx, heightPx, 1, MAX_BITRATE)),
    peakBitrate: Math.ceil(peakBitrate(weights)),
    averageBitrate: MAX_BITRATE,
    widthPx,
    heightPx,
    frameRate: 1,
  };
}

/** What URLs of an asset may name: a rendition of its plan, or the one for scrubbing. */
export function findPlayable(plan: Plan, name: string): VideoRendition | AudioRendition | null {
  return name === TRICK_RENDITION ? trickRendition(plan) : findRendition(plan, name);
}

/** Of the pictures [from, to) of a segment, those that a rendition has: all, or the first alone. */
export function renditionPictures(
  { name }: Pick<VideoRendition, "name">,
  { from, to }: { from: number; to: number },
): { from: number; to: number } {
  return { from, to: name === TRICK_RENDITION ? Math.min(from + 1, to) : to };
}

function evenSize({ widthPx, heightPx }: { widthPx: number; heightPx: number }) {
  return { widthPx: evenPx(widthPx), heightPx: evenPx(heightPx) };
}
