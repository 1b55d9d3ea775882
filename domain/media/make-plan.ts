import type { VideoQuality } from "../asset/settings-wire.ts";
import type { SampleTable } from "../mp4/movie.ts";
import type { PictureFamily } from "../mp4/picture-codec.ts";
import { h264HighCodecs, h264Level } from "./h264-level.ts";
import { type LadderSource, type MaxResolutionTier, planLadder, type Rung } from "./ladder.ts";
import { peakBitrate } from "./peak-bitrate.ts";
import type { PictureIndex } from "./picture-index.ts";
import { copiedSamples, decodedSamples } from "./picture-range.ts";
import type { HdrTransfer, Plan, PlannedOverlays, VideoRendition } from "./plan.ts";
import { requireUsualWeight } from "./segment-weight.ts";
import { soundEndSeconds } from "./sound-index.ts";
import { type SoundSource, soundRenditions } from "./sound-renditions.ts";

/** A source's picture, indexed, with what was found out about its bytes. */
export interface PictureSource {
  index: PictureIndex;
  table: SampleTable;
  /** As it is shown. */
  widthPx: number;
  heightPx: number;
  /** H.264 unless given. */
  family?: PictureFamily;
  /** Of a source that is HDR. */
  hdr?: HdrTransfer;
  /** What is burnt in; its samples make no rendition as they are then. */
  overlays?: PlannedOverlays;
  /** RFC 6381 name of the source's own stream, where it is copyable. */
  codecs: string;
  /** Places in the index where segments begin. */
  starts: readonly number[];
  /** True when the source's samples make a rendition as they are. */
  isCopyable: boolean;
}

export interface PlanSource {
  sourceGeneration: number;
  picture: PictureSource | null;
  /** The one that players begin with first. */
  sounds: readonly SoundSource[];
  tier: MaxResolutionTier;
  /** `plus` unless given. */
  quality?: VideoQuality;
  /** Of an asset that is a test (`Plan.test`); the indexes hold no more than that. */
  test?: NonNullable<Plan["test"]>;
}

/** A segment of sound alone lasts this long. */
const SOUND_SEGMENT_SECONDS = 4;
/** Bits that H.264 takes for a picture, over those of HEVC, VP9 and AV1: about; each newer one saves a third and more. */
const H264_RATIO = 1.7;
/** The encoder's buffer holds a second at its ceiling and begins nine tenths full, so a short segment may exceed it. */
const BUFFER_START_RATIO = 0.9;
/** `styp` and `moof` of a segment, and a little per picture. */
const OVERHEAD_BYTES = 300;
const OVERHEAD_BYTES_PER_SAMPLE = 16;

/**
 * The plan without its id, which is made from its content. Throws RangeError when there is neither picture nor sound, Mp4Error
 * when a segment would be too heavy to make.
 */
export function makePlan(source: PlanSource): Omit<Plan, "planId"> {
  const { picture, sounds, sourceGeneration, test } = source;
  const timescale = picture?.index.timescale ?? sounds[0]?.index.timescale;
  if (timescale === undefined) throw new RangeError("there is nothing to plan");
  const pictureEnd = picture?.index.end ?? 0;
  const boundaries = planBoundaries(source, timescale);
  return {
    version: 2,
    sourceGeneration,
    timescale,
    boundaries,
    pictureEnd,
    ...(picture?.hdr !== undefined && { hdr: picture.hdr }),
    ...(picture?.overlays !== undefined && { overlays: picture.overlays }),
    ...(test !== undefined && { test }),
    video: picture === null ? [] : videoRenditions(picture, source),
    audio: soundRenditions(
      sounds,
      boundaries.map((ticks) => ticks / timescale),
    ),
  };
}

/** Boundaries of the picture, then every four seconds of what the sound goes on. */
function planBoundaries({ picture, sounds }: PlanSource, timescale: number): number[] {
  const starts = picture?.starts.map((at) => picture.index.times[at] ?? 0) ?? [0];
  const soundSeconds = Math.max(0, ...sounds.map(({ index }) => soundEndSeconds(index)));
  const end = Math.max(picture?.index.end ?? 0, Math.round(soundSeconds * timescale));
  const boundaries = [...starts];
  const step = SOUND_SEGMENT_SECONDS * timescale;
  // the last picture segment takes a short tail of sound with it
  for (let next = Math.max(picture?.index.end ?? 0, (starts.at(-1) ?? 0) + step); end - next > step / 4; next += step) {
    boundaries.push(next);
  }
  return [...boundaries, end];
}

function videoRenditions(picture: PictureSource, { tier, quality }: PlanSource): VideoRendition[] {
  const { index, table, starts, family = "h264" } = picture;
  for (const [n, from] of starts.entries()) {
    requireUsualWeight(table, decodedSamples(index, table, { from, to: starts[n + 1] ?? index.times.length }));
  }
  const seconds = index.end / index.timescale;
  const bytes = index.samples.reduce((sum, sample) => sum + (table.size[sample] ?? 0), 0);
  const bitrate = (bytes * 8) / seconds;
  const ownBitrate = family === "h264" ? bitrate : bitrate * H264_RATIO;
  const source: LadderSource = { widthPx: picture.widthPx, heightPx: picture.heightPx, bitrate: ownBitrate };
  const frameRate = meanFrameRate(index);
  return planLadder(source, tier, quality).flatMap((rung, place) => {
    const isWhole = rung.widthPx === picture.widthPx && rung.heightPx === picture.heightPx;
    const isCopied = place === 0 && isWhole && picture.isCopyable && picture.overlays === undefined;
    if (!isCopied) return [encodedRendition(picture, rung, frameRate)];
    if (family === "h264") return [copiedRendition(picture, rung, frameRate, bitrate)];
    // who does not play it must not be left with the rungs below
    const own = { ...rung, name: `${rung.name}${family}` };
    return [copiedRendition(picture, own, frameRate, bitrate), encodedRendition(picture, rung, frameRate)];
  });
}

/** Of a clip, the first and the last picture may be on screen for less than their time. */
function meanFrameRate({ times, timescale }: PictureIndex): number {
  const [first, last] = [Math.max(0, Math.min(1, times.length - 2)), times.length - 1];
  const ticks = (times[last] ?? 0) - (times[first] ?? 0);
  return ticks > 0 ? ((last - first) * timescale) / ticks : 0;
}

function copiedRendition(picture: PictureSource, rung: Rung, frameRate: number, bitrate: number): VideoRendition {
  const { name, widthPx, heightPx } = rung;
  const facts = { name, widthPx, heightPx, frameRate, codecs: picture.codecs };
  return { ...facts, kind: "copied", averageBitrate: Math.ceil(bitrate), peakBitrate: copiedPeak(picture) };
}

/** Exact: every segment's bytes are known. */
function copiedPeak({ index, table, starts }: PictureSource): number {
  const segments = starts.map((at, segment) => {
    const { first, end } = copiedSamples(index, starts, segment);
    let bytes = OVERHEAD_BYTES + (end - first) * OVERHEAD_BYTES_PER_SAMPLE;
    for (let sample = first; sample < end; sample += 1) bytes += table.size[sample] ?? 0;
    const next = starts[segment + 1];
    const endTicks = next === undefined ? index.end : (index.times[next] ?? index.end);
    return { bits: bytes * 8, seconds: (endTicks - (index.times[at] ?? 0)) / index.timescale };
  });
  return Math.ceil(peakBitrate(segments));
}

function encodedRendition({ index, starts }: PictureSource, rung: Rung, frameRate: number): VideoRendition {
  const { name, widthPx, heightPx, maxBitrate, crf } = rung;
  const shortestSeconds = Math.max(1, shortestTicks(index, starts) / index.timescale);
  const peak = Math.ceil(maxBitrate * (1 + BUFFER_START_RATIO / shortestSeconds));
  const codecs = h264HighCodecs(h264Level(widthPx, heightPx, frameRate, maxBitrate));
  const facts = { name, widthPx, heightPx, frameRate, codecs, peakBitrate: peak, averageBitrate: maxBitrate };
  return { ...facts, kind: "encoded", ...(crf !== undefined && { crf }) };
}

/** Of all but the last, which may be a single picture. */
function shortestTicks({ times, end }: PictureIndex, starts: readonly number[]): number {
  const begins = [...starts.map((at) => times[at] ?? 0), end];
  const lengths = begins.slice(1).map((next, n) => next - (begins[n] ?? 0));
  return Math.min(...(lengths.length > 1 ? lengths.slice(0, -1) : lengths));
}
