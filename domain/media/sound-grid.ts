import type { AudioRendition } from "./plan.ts";
import type { SoundIndex } from "./sound-index.ts";

/** Samples that an AAC packet holds (ISO/IEC 14496-3 §4.5.2.1). */
export const PACKET_SAMPLES = 1_024;

/**
 * The packets of a sound that is encoded, as if one encoder had made all of them: packet n from 0 holds the samples from
 * (n − 1) × 1,024 on, since the first one is the encoder's priming, which the edit list hides. What is before the source's
 * first sample is silence, so that sound that begins late needs no delay of its own.
 *
 * @param sampleRate of what is encoded, Hz
 * @param endSeconds where the source's last sample ends
 */
export function soundGrid(sampleRate: number, endSeconds: number): SoundIndex {
  return gridOf(sampleRate, Math.max(1, Math.ceil((endSeconds * sampleRate) / PACKET_SAMPLES)));
}

/** The same for a rendition that is encoded, as it was planned: it may go on, silent, after its source has ended. */
export function plannedGrid({ sampleRate, boundaries }: Pick<AudioRendition, "sampleRate" | "boundaries">): SoundIndex {
  return gridOf(sampleRate, (boundaries.at(-1) ?? 0) / PACKET_SAMPLES); // exact: its last boundary is a packet's end
}

/** @param heard packets behind the priming */
function gridOf(sampleRate: number, heard: number): SoundIndex {
  const packets = 1 + heard;
  const times = Float64Array.from({ length: packets + 1 }, (_, packet) => packet * PACKET_SAMPLES);
  return { timescale: sampleRate, firstPacket: 0, endPacket: packets, times, lead: 0, editMediaTime: PACKET_SAMPLES };
}

/** Rates that need no resampling, or one whose phase is the same at every packet of the grid. */
export function encodedSampleRate(sourceRate: number): number {
  return sourceRate > 0 && (44_100 % sourceRate === 0 || sourceRate % 44_100 === 0) ? 44_100 : 48_000;
}
