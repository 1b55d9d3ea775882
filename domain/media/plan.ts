import { isRecord } from "../wire/peek-event.ts";
import type { ColourMatrix } from "./colour-matrix.ts";
import type { PlannedOverlay } from "./overlay-placement.ts";

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
  /** Images that are burnt into all pictures; absent where there are none. Nothing of the picture is copied then. */
  overlays?: PlannedOverlays;
  /**
   * Of an asset made with `test: true`: nothing of the source is shown from `shownSeconds` on, and what is delivered of it is
   * not counted.
   */
  test?: { shownSeconds: number };
  /** Highest first; empty where the source has no picture. */
  video: readonly VideoRendition[];
  /** Of all sounds, the one that players begin with first, those of group `surround` last; empty where the source is silent. */
  audio: readonly AudioRendition[];
}

export interface PlannedOverlays {
  /** How the colours of every rendition's pictures are coded. */
  colourMatrix: ColourMatrix;
  /** Later ones lie above. */
  images: readonly PlannedOverlay[];
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
  /** Quality that an encode aims at, where it is not the usual one (domain/media/encode-arguments.ts). */
  crf?: number;
}

export interface AudioRendition extends RenditionFacts {
  /** `copied`: the source's own packets. `encoded`: AAC made just in time, in packets of 1,024 samples from the start on. */
  kind: "copied" | "encoded";
  /** `track_ID` in the source; null in plans of version 1: the track that is played unless another is asked for. */
  trackId: number | null;
  /** `surround`: more than two channels, of a sound that group `main` has with two. */
  group: "main" | "surround";
  /** What people choose by. Every sound has its own, which its renditions share. */
  label: string;
  /** BCP 47; null where the source does not say. */
  language: string | null;
  channels: number;
  sampleRate: number;
  /** Added to the source by encoding, dB; 0 for what is copied. */
  gainDb: number;
  /** Ticks per second of the audio's own boundaries and init segment: the source track's, or the sample rate of what is encoded. */
  timescale: number;
  /**
   * Presentation times like `Plan.boundaries`, on the rendition's own packets: each within half a packet of the plan's boundary.
   * As many as the plan has. A segment may be empty where the sound ends before the picture: its two boundaries are equal.
   */
  boundaries: readonly number[];
}

/** Of the first sound; the others have it with something behind (`audio2`, `audiosurround`). */
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

/**
 * When a segment of a rendition begins and ends, in seconds; as {@link segmentSeconds}, without looking at all of them. Null
 * where the plan has no such segment or the rendition nothing for it.
 */
export function segmentSpan(
  plan: Plan,
  rendition: VideoRendition | AudioRendition,
  segment: number,
): { startSeconds: number; endSeconds: number } | null {
  const isSound = "channels" in rendition;
  const { boundaries, timescale } = isSound ? rendition : plan;
  const last = isSound ? Number.POSITIVE_INFINITY : plan.pictureEnd;
  const [start, end] = boundaries.slice(segment, segment + 2).map((ticks) => Math.min(ticks, last));
  if (start === undefined || end === undefined || end <= start) return null;
  return { startSeconds: start / timescale, endSeconds: end / timescale };
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
  return { ...plan, version: 2, audio: audio === null ? [] : [{ ...audio, ...SOUND_OF_VERSION_1 }] };
}

const SOUND_OF_VERSION_1 = { trackId: null, group: "main", label: "Audio", language: null, gainDb: 0 } as const;

interface PlanOfVersion1 extends Omit<Plan, "version" | "audio"> {
  version: 1;
  audio: Omit<AudioRendition, keyof typeof SOUND_OF_VERSION_1> | null;
}
