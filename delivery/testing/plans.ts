import type { AudioRendition, Plan, VideoRendition } from "../../domain/media/plan.ts";

const TIMESCALE = 30_000;
const AUDIO_TIMESCALE = 48_000;

export const PLAN_ID = "0123456789abcdef";

export function videoRendition(heightPx: number, change: Partial<VideoRendition> = {}): VideoRendition {
  return {
    kind: "encoded",
    name: `${heightPx}p`,
    codecs: "avc1.64001f",
    peakBitrate: heightPx * 4_000,
    averageBitrate: heightPx * 3_000,
    widthPx: Math.round((heightPx * 16) / 9 / 2) * 2,
    heightPx,
    frameRate: 30_000 / 1_001,
    ...change,
  };
}

/** On packets of 1,024 samples, each boundary the nearest one to the plan's. */
export function audioRendition(boundaries: readonly number[], change: Partial<AudioRendition> = {}): AudioRendition {
  return {
    kind: "copied",
    name: "audio",
    ...{ trackId: 2, group: "main", label: "Audio", language: null, gainDb: 0 },
    codecs: "mp4a.40.2",
    peakBitrate: 140_000,
    averageBitrate: 128_000,
    channels: 2,
    sampleRate: AUDIO_TIMESCALE,
    timescale: AUDIO_TIMESCALE,
    boundaries: boundaries.map((ticks) => Math.round(((ticks / TIMESCALE) * AUDIO_TIMESCALE) / 1_024) * 1_024),
    ...change,
  };
}

/** Segments of 2, 2, 4 and 2.002 s, three renditions, and sound that ends before the last segment. */
export function smallPlan(change: Partial<Plan> = {}): Plan {
  const boundaries = [0, 60_060, 120_120, 240_240, 300_300];
  return {
    version: 2,
    planId: PLAN_ID,
    sourceGeneration: 1,
    timescale: TIMESCALE,
    boundaries,
    pictureEnd: 300_300,
    video: [videoRendition(1080, { kind: "copied", codecs: "avc1.640028" }), videoRendition(720), videoRendition(360)],
    audio: [audioRendition([0, 60_060, 120_120, 240_240, 240_240])],
    ...change,
  };
}
