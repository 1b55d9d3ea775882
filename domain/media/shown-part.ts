import type { PictureIndex } from "./picture-index.ts";
import { heardTicks, type SoundIndex } from "./sound-index.ts";

/** So much of its source an asset made with `test: true` shows (reference video-api.md §3.1). */
export const TEST_SECONDS = 10;

/** Sound that is encoded fills its last packet: this much of it lies behind what is asked for, at most. */
const PACKET_SECONDS = 1_024 / 44_100;

/** The pictures that begin before a time; the last one ends at it. */
export function picturesUntil(index: PictureIndex, seconds: number): PictureIndex {
  const end = Math.floor(seconds * index.timescale);
  const first = index.times.findIndex((time) => time >= end);
  const count = first < 0 ? index.times.length : first;
  const { times, samples } = index;
  return {
    ...index,
    times: times.subarray(0, count),
    samples: samples.subarray(0, count),
    end: Math.min(index.end, end),
  };
}

/** When sound has to end to be over by a time, also when it is encoded anew. */
export function soundEndBefore(seconds: number): number {
  return seconds - PACKET_SECONDS;
}

/** The packets that are over by a time, also when they are encoded anew; null where that is none. */
export function soundUntil(index: SoundIndex, seconds: number): SoundIndex | null {
  const end = soundEndBefore(seconds) * index.timescale;
  let place = index.times.length - 1;
  while (place > 0 && heardTicks(index, place) > end) place -= 1;
  if (place === 0) return null;
  return { ...index, endPacket: index.firstPacket + place, times: index.times.subarray(0, place + 1) };
}
