import { writeFragmentHeader } from "../mp4/fragment.ts";
import { writeInitSegment } from "../mp4/init-segment.ts";
import type { Track } from "../mp4/movie.ts";
import { readAudioEntry, readSampleEntries } from "../mp4/sample-entry.ts";
import type { SampleRange } from "./picture-range.ts";
import { heardTicks, PREROLL_SECONDS, type SoundIndex } from "./sound-index.ts";

/** Added to all times that the encoder sees: what is decoded before the presentation's start has a time too. */
export const INPUT_SHIFT_SECONDS = 10;
/** What a decoder of sound is fed: a small MP4 with just the packets that it needs, each at its time on the presentation. */
export interface SoundInput {
  /** `ftyp`, `moov`, `moof` and the head of `mdat`; the bytes of {@link packets} follow. */
  head: readonly Uint8Array[];
  packets: SampleRange;
  /** False: all that there is begins before, and may be over before as well, where the file has a hole. */
  beginsWithin: boolean;
}

/** Packets that are needed to hear [startSeconds, endSeconds) of the presentation. Null where nothing is heard. */
export function soundInput(
  track: Track,
  index: SoundIndex,
  startSeconds: number,
  endSeconds: number,
): SoundInput | null {
  const places = placesWithin(index, startSeconds, endSeconds);
  if (places === null) return null;
  const head = [soundInit(track), soundFragment(track, index, places)];
  return { head, packets: packetsAt(index, places), beginsWithin: places.beginsWithin };
}

/** The description alone, for several fragments. */
export function soundInit({ timescale, stsd }: Track): Uint8Array {
  const size = { widthPx: 0, heightPx: 0 };
  return writeInitSegment({
    kind: "audio",
    timescale,
    stsd,
    ...size,
    editMediaTime: 0,
    isQuickTime: isQuickTime(stsd),
  });
}

/** Places [from, to) of {@link SoundIndex.times}. */
interface Places {
  from: number;
  to: number;
}

/** The packets' own bytes have to follow. */
export function soundFragment({ samples: table }: Track, index: SoundIndex, { from, to }: Places): Uint8Array {
  const { first, end } = packetsAt(index, { from, to });
  const baseDecodeTime = Math.max(0, heardTicks(index, from) + INPUT_SHIFT_SECONDS * index.timescale);
  const samples = Array.from({ length: end - first }, (_, n) => ({
    size: table.size[first + n] ?? 0,
    duration: table.duration[first + n] ?? 0,
    ctsOffset: 0,
    isSync: true,
  }));
  return writeFragmentHeader({ sequence: 1, baseDecodeTime, samples });
}

export function packetsAt({ firstPacket }: SoundIndex, { from, to }: Places): SampleRange {
  return { first: firstPacket + from, end: firstPacket + to };
}

function placesWithin(index: SoundIndex, startSeconds: number, endSeconds: number) {
  const last = index.times.length - 1;
  const [start, end] = [startSeconds * index.timescale, endSeconds * index.timescale];
  const firstEndingAfter = (ticks: number): number => {
    let [low, high] = [0, last];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (heardTicks(index, middle + 1) > ticks) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const wanted = firstEndingAfter(start);
  if (wanted === last || heardTicks(index, wanted) >= end) return null;
  // one more at either end: for a decoder that gives a packet's sound with the next
  const from = Math.max(0, firstEndingAfter(start - PREROLL_SECONDS * index.timescale) - 1);
  const next = heardTicks(index, wanted) >= start ? wanted : wanted + 1;
  const beginsWithin = next < last && heardTicks(index, next) < end;
  return { from, to: Math.min(last, firstEndingAfter(end) + 1), beginsWithin };
}

/** Whether a sound description is QuickTime's, with fields that ISO's has not. */
export function isQuickTime(stsd: Uint8Array): boolean {
  const [entry] = readSampleEntries(stsd);
  return entry !== undefined && !readAudioEntry(stsd, entry).isPlain;
}
