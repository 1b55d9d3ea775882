import { isRecord } from "../wire/peek-event.ts";

/**
 * The segment plan of an asset: which renditions there are and where every segment begins and ends. Made once, immutable,
 * shared by playlists, encoder, images and usage. Whatever would change bytes behind an existing URL makes a new plan with
 * a new `planId`.
 */
export interface Plan {
  version: 2;
  /** 16 lower-case hexadecimal digits: begin of the SHA-256 of the plan's own content, so that planning twice is no change. */
  planId: string;
  /** Generation of the source object that segments are cut from. */
  sourceGeneration: number;
  /** Ticks per second of `boundaries` and of every video rendition's init segment; at least 10,000. */
  timescale: number;
  /**
   * Segment n (from 0) is [boundaries[n], boundaries[n + 1]): presentation times from 0 at the first picture, exact, strictly
   * rising. The last one is the end of the longest track.
   */
  boundaries: readonly number[];
  /** Where the last picture ends, in the same ticks: sound may go on after it. 0 without a picture. */
  pictureEnd: number;
  /** How the source's picture is to be shown brighter than usual; absent for one that is not. Renditions that are encoded are SDR. */
  hdr?: HdrTransfer;
  /** Highest first; empty where the source has no picture. */
  video: readonly VideoRendition[];
  /** Sounds, the one that players begin with first; empty where the source is silent. */
  audio: readonly AudioRendition[];
}

/** Transfer functions of HDR: SMPTE ST 2084 and ARIB STD-B67. */
export type HdrTransfer = "pq" | "hlg";

interface RenditionFacts {
  /** `1080p`, `audio`: part of object keys and URLs. */
  name: string;
  /** RFC 6381, such as `avc1.64001f` or `mp4a.40.2`. */
  codecs: string;
  /** Most bits that a second of any segment may take, RFC 8216 §4.3.4.2 BANDWIDTH; promised before anything is encoded. */
  peakBitrate: number;
  averageBitrate: number;
}

export interface VideoRendition extends RenditionFacts {
  /** `copied`: the source's own samples, cut by our writer. `encoded`: made just in time. */
  kind: "copied" | "encoded";
  widthPx: number;
  heightPx: number;
  /** Mean frames per second; 0 where there is a single picture. */
  frameRate: number;
}

export interface AudioRendition extends RenditionFacts {
  kind: "copied";
  /** BCP 47; null where the source does not say. */
  language: string | null;
  channels: number;
  sampleRate: number;
  /** Ticks per second of the audio's own boundaries and init segment: the source track's. */
  timescale: number;
  /**
   * Presentation times like `Plan.boundaries`, on the source's own packets: each within half a packet of the plan's boundary.
   * As many as the plan has. A segment may be empty where the sound ends before the picture: its two boundaries are equal.
   */
  boundaries: readonly number[];
}

/** Of the first sound; the others have it with a number behind. */
export const AUDIO_RENDITION = "audio";

/** Length of the whole asset in seconds. */
export function planSeconds(plan: Plan): number {
  return (plan.boundaries.at(-1) ?? 0) / plan.timescale;
}

/**
 * Lengths in seconds of a rendition's segments, in order. Sound has its own, on the grid of its packets. 0 for a segment that
 * the rendition has nothing for, since its track ends before: no playlist names it.
 */
export function segmentSeconds(plan: Plan, rendition: VideoRendition | AudioRendition): number[] {
  const { boundaries, timescale } = renditionBoundaries(plan, rendition);
  return boundaries.slice(1).map((end, at) => (end - (boundaries[at] ?? 0)) / timescale);
}

/** The same as exact times: where a rendition's segments begin and end, in its own ticks. */
export function renditionBoundaries(
  { boundaries, pictureEnd, timescale }: Plan,
  rendition: VideoRendition | AudioRendition,
): { boundaries: readonly number[]; timescale: number } {
  if ("channels" in rendition) return rendition;
  return { boundaries: boundaries.map((ticks) => Math.min(ticks, pictureEnd)), timescale };
}

export function findRendition(plan: Plan, name: string): VideoRendition | AudioRendition | null {
  return [...plan.audio, ...plan.video].find((rendition) => rendition.name === name) ?? null;
}

/**
 * Reads a stored plan. It is our own writing with a hash of its own, so only its version is looked at. Throws otherwise. Plans
 * of version 1 know one sound at most, whose language nobody asked for.
 */
export function decodePlan(text: string): Plan {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new Error("a segment plan that is none");
  if (value["version"] === 2) return value as unknown as Plan;
  if (value["version"] !== 1) throw new Error("a segment plan of an unknown version");
  const { audio, ...plan } = value as unknown as PlanOfVersion1;
  return { ...plan, version: 2, audio: audio === null ? [] : [{ ...audio, language: null }] };
}

interface PlanOfVersion1 extends Omit<Plan, "version" | "audio"> {
  version: 1;
  audio: Omit<AudioRendition, "language"> | null;
}
