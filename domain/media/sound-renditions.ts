import type { SampleTable } from "../mp4/movie.ts";
import { peakBitrate } from "./peak-bitrate.ts";
import { AUDIO_RENDITION, type AudioRendition } from "./plan.ts";
import { requireUsualWeight } from "./segment-weight.ts";
import { encodedSampleRate, PACKET_SAMPLES, soundGrid } from "./sound-grid.ts";
import { type SoundIndex, soundBoundaries, soundCuts, soundEndSeconds } from "./sound-index.ts";
import { soundLabels } from "./sound-language.ts";

/** A sound track of a source, indexed, with what was found out about it. */
export interface SoundSource {
  trackId: number;
  index: SoundIndex;
  table: SampleTable;
  /** RFC 6381 name of the source's own stream; null where it is not AAC that browsers play. */
  codecs: string | null;
  channels: number;
  /** Of what is heard, Hz. */
  sampleRate: number;
  language: string | null;
  title: string | null;
  /** dB to be added to all of it; 0 where it stays as loud as it is. */
  gainDb: number;
  /** How long it has to go on, silent after its own end; only that unless given. */
  endSeconds?: number;
}

/** Sound that begins later makes players begin where it begins: hls.js jumps over the pictures before (`maxBufferHole`). */
const MAX_SILENT_START_SECONDS = 0.1;
/** Players stall where a sound ends long before the pictures (hls.js, until all pictures are loaded). */
const MAX_SILENT_END_SECONDS = 0.5;
const STEREO = 2;
/** 5.1, the most that is kept. */
const MAX_CHANNELS = 6;
/** bit/s by channels. */
const ENCODED_BITRATES: Readonly<Record<number, number>> = { 1: 96_000, [STEREO]: 128_000, [MAX_CHANNELS]: 384_000 };
/** AAC-LC, the only one that is encoded. */
const ENCODED_CODECS = "mp4a.40.2";
/** Above the mean that a segment's packets may be; the most that was measured is 1.04 (docs/decisions/sound.md). */
const PEAK_RATIO = 1.25;
/** `styp` and `moof` of a segment, and a little per packet. */
const OVERHEAD_BYTES = 300;
const OVERHEAD_BYTES_PER_PACKET = 16;

/**
 * The renditions of all sounds. Each has one of at most two channels in group `main`; what has more is also kept with up to 5.1
 * in group `surround`. The source's own packets are copied where they can be played as they are.
 *
 * @param sounds the one that players begin with first
 * @param boundariesSeconds of the plan
 */
export function soundRenditions(
  sounds: readonly SoundSource[],
  boundariesSeconds: readonly number[],
): AudioRendition[] {
  const labels = soundLabels(sounds);
  const ofGroup = (group: AudioRendition["group"]): AudioRendition[] =>
    sounds.flatMap((sound, at) => {
      const channels = group === "main" ? Math.min(STEREO, sound.channels) : surroundChannels(sound);
      if (channels === null) return [];
      const name = `${AUDIO_RENDITION}${group === "main" ? "" : group}${at === 0 ? "" : at + 1}`;
      const { trackId, language } = sound;
      const facts = { name, trackId, group, label: labels[at] ?? name, language, channels };
      const kind = canCopy(sound) && channels === sound.channels ? copied : encoded;
      return [{ ...facts, ...kind(sound, boundariesSeconds, channels) }];
    });
  return [...ofGroup("main"), ...ofGroup("surround")];
}

function canCopy({ codecs, gainDb, index, endSeconds = 0 }: SoundSource): boolean {
  const beginsInTime = index.lead <= MAX_SILENT_START_SECONDS * index.timescale;
  const endsInTime = endSeconds - soundEndSeconds(index) <= MAX_SILENT_END_SECONDS;
  return codecs !== null && gainDb === 0 && beginsInTime && endsInTime;
}

/** Null where there is nothing beside the down-mix. */
function surroundChannels(sound: SoundSource): number | null {
  const { channels } = sound;
  if (channels >= MAX_CHANNELS) return MAX_CHANNELS;
  return channels > STEREO && canCopy(sound) ? channels : null; // 3 to 5 are not worth encoding
}

type RenditionPart = Omit<AudioRendition, "name" | "trackId" | "group" | "label" | "language" | "channels">;

function copied(sound: SoundSource, boundariesSeconds: readonly number[]): RenditionPart {
  const { index, table, codecs, sampleRate } = sound;
  const cuts = soundCuts(index, boundariesSeconds);
  for (const [n, from] of cuts.slice(0, -1).entries()) {
    requireUsualWeight(table, { first: index.firstPacket + from, end: index.firstPacket + (cuts[n + 1] ?? from) });
  }
  const boundaries = soundBoundaries(index, cuts);
  const segments = boundaries.slice(1).map((end, n) => ({
    bits: soundBits(index, table, cuts[n] ?? 0, cuts[n + 1] ?? 0),
    seconds: (end - (boundaries[n] ?? 0)) / index.timescale,
  }));
  const all = soundBits(index, table, 0, index.times.length - 1) / Math.max(soundEndSeconds(index), 0.001);
  const averageBitrate = Math.ceil(all);
  const peak = Math.max(averageBitrate, Math.ceil(peakBitrate(segments)));
  const facts = { kind: "copied" as const, codecs: codecs ?? ENCODED_CODECS, sampleRate, gainDb: 0 };
  return { ...facts, timescale: index.timescale, boundaries, averageBitrate, peakBitrate: peak };
}

function encoded(sound: SoundSource, boundariesSeconds: readonly number[], channels: number): RenditionPart {
  const sampleRate = encodedSampleRate(sound.sampleRate);
  const grid = soundGrid(sampleRate, Math.max(soundEndSeconds(sound.index), sound.endSeconds ?? 0));
  const averageBitrate = ENCODED_BITRATES[channels] ?? 0;
  const packetsPerSecond = sampleRate / PACKET_SAMPLES;
  return {
    kind: "encoded",
    codecs: ENCODED_CODECS,
    sampleRate,
    gainDb: sound.gainDb,
    timescale: sampleRate,
    boundaries: soundBoundaries(grid, soundCuts(grid, boundariesSeconds)),
    averageBitrate,
    // a segment lasts a second at least, but the last one
    peakBitrate: Math.ceil(
      averageBitrate * PEAK_RATIO + (packetsPerSecond * OVERHEAD_BYTES_PER_PACKET + OVERHEAD_BYTES) * 8,
    ),
  };
}

function soundBits(index: SoundIndex, table: SampleTable, from: number, to: number): number {
  let bytes = OVERHEAD_BYTES + (to - from) * OVERHEAD_BYTES_PER_PACKET;
  for (let place = from; place < to; place += 1) bytes += table.size[index.firstPacket + place] ?? 0;
  return bytes * 8;
}
