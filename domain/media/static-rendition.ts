import { h264HighCodecs, h264Level } from "./h264-level.ts";
import { rungAt } from "./ladder.ts";
import type { AudioRendition, Plan, VideoRendition } from "./plan.ts";

/** What may be asked for as one file (reference video-api.md §3.3). */
export const STATIC_RESOLUTIONS = [
  ...["highest", "audio-only"],
  ...["2160p", "1440p", "1080p", "720p", "540p", "480p", "360p", "270p"],
] as const;
export type StaticResolution = (typeof STATIC_RESOLUTIONS)[number];

/** What the older setting `mp4_support` makes besides `audio-only`. */
export const LEGACY_RESOLUTIONS = ["low", "medium", "high", "capped-1080p"] as const;
type LegacyResolution = (typeof LEGACY_RESOLUTIONS)[number];

export const FILE_RESOLUTIONS = [...STATIC_RESOLUTIONS, ...LEGACY_RESOLUTIONS] as const;
export type FileResolution = (typeof FILE_RESOLUTIONS)[number];

/** In px, by the shorter side of the highest rendition: what is made if it is larger than `above`, and at most how large. */
const LEGACY_SIDES: Readonly<Record<LegacyResolution, { above: number; most: number }>> = {
  low: { above: 0, most: 480 },
  medium: { above: 480, most: 720 },
  high: { above: 720, most: 1080 },
  "capped-1080p": { above: 0, most: 1080 },
};

/** Of its URL and its key. */
export function staticName(resolution: FileResolution): string {
  return resolution === "audio-only" ? "audio.m4a" : `${resolution}.mp4`;
}

/** Tracks of such a file, with the sound that players begin with. */
export interface StaticTracks {
  video: VideoRendition | null;
  audio: AudioRendition | null;
  /** The pictures are a rendition of the plan: its segments serve players too. */
  isPlanned: boolean;
}

/**
 * Which tracks a file of that resolution holds: pictures in H.264, since a file has no second choice for players without HEVC. Null where it would have to be scaled up, or has nothing of what it is asked
 * for: pictures of sound, sound of a silent film.
 */
export function staticTracks(plan: Plan, resolution: FileResolution): StaticTracks | null {
  const [audio = null] = plan.audio;
  if (resolution === "audio-only") return audio === null ? null : { video: null, audio, isPlanned: true };
  const playable = plan.video.filter(({ codecs }) => codecs.startsWith("avc1"));
  const [top] = playable;
  if (top === undefined) return null;
  const sidePx = sideOf(resolution, shorterPx(top));
  if (sidePx === null) return null;
  const planned = playable.find((rendition) => shorterPx(rendition) === sidePx);
  return { video: planned ?? encodedAt(top, sidePx), audio, isPlanned: planned !== undefined };
}

/** Shorter side of the picture; null where it would have to be scaled up. */
function sideOf(resolution: FileResolution, topPx: number): number | null {
  if (resolution === "highest") return topPx;
  if (isLegacy(resolution)) {
    const { above, most } = LEGACY_SIDES[resolution];
    return topPx > above ? Math.min(topPx, most) : null;
  }
  const sidePx = Number.parseInt(resolution, 10);
  return sidePx > topPx ? null : sidePx;
}

function isLegacy(resolution: FileResolution): resolution is LegacyResolution {
  return (LEGACY_RESOLUTIONS as readonly string[]).includes(resolution);
}

function shorterPx({ widthPx, heightPx }: VideoRendition): number {
  return Math.min(widthPx, heightPx);
}

/** As a rung of the ladder would be encoded. */
function encodedAt(top: VideoRendition, sidePx: number): VideoRendition {
  const { widthPx, heightPx, maxBitrate } = rungAt(top, sidePx);
  const codecs = h264HighCodecs(h264Level(widthPx, heightPx, top.frameRate, maxBitrate));
  const bitrates = { peakBitrate: maxBitrate, averageBitrate: maxBitrate };
  return { ...top, kind: "encoded", name: `${sidePx}p`, widthPx, heightPx, codecs, ...bitrates };
}
