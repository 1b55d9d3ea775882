import { audioCodec } from "../mp4/codec.ts";
import type { Movie, SampleTable, Track } from "../mp4/movie.ts";
import { mediaTimeOf, trackStart } from "./picture-index.ts";
import { isRawEntry } from "./sound-entries.ts";

/**
 * Decoding begins this much earlier than what is wanted: ten packets of MP3, whose bits may lie in the nine before (bit
 * reservoir: 511 bytes of packets of 57 at least), and more than the 80 ms that Opus needs (RFC 7845 §4.6).
 */
export const PREROLL_SECONDS = 0.25;

/** The packets of a sound track as they are cut: none is encoded anew, so all times are the source's. */
export interface SoundIndex {
  /** The source track's. */
  timescale: number;
  /** First packet that is kept: earlier ones end before the presentation begins. */
  firstPacket: number;
  /** One behind the last packet that is kept. */
  endPacket: number;
  /** Decode times of the packets kept, from 0 at the first; one more at the end. */
  times: Float64Array;
  /** Added to {@link times} in `tfdt`: silence before the first packet. */
  lead: number;
  /** Taken off again by the init segment's edit list: the encoder's priming, or what lies before the presentation's start. */
  editMediaTime: number;
}

/**
 * Places a sound track on the presentation, whose start lies `originSeconds` into the movie. Null when nothing of it is heard.
 *
 * The init segment's edit list hides `editMediaTime` ticks, so the packet at decode time d is heard at
 * (d + lead − editMediaTime) / timescale seconds: exactly the source's own offset to the picture, to one tick.
 */
export function indexSound(movie: Pick<Movie, "timescale">, track: Track, originSeconds: number): SoundIndex | null {
  const { samples: table, timescale } = track;
  const start = trackStart(movie, track);
  const heardAt = (packet: number): number =>
    mediaTimeOf(table, packet) - start.mediaTime + start.delay - originSeconds * timescale;
  let firstHeard = 0;
  while (firstHeard < table.count && heardAt(firstHeard) + durationOf(table, firstHeard) <= 0) firstHeard += 1;
  let endPacket = table.count;
  while (endPacket > firstHeard && mediaTimeOf(table, endPacket - 1) >= start.mediaEnd) endPacket -= 1;
  if (endPacket <= firstHeard) return null;
  const firstPacket = firstHeard === 0 ? 0 : firstDecoded(firstHeard, heardAt, prerollSeconds(track) * timescale);
  const times = new Float64Array(endPacket - firstPacket + 1);
  for (let packet = firstPacket; packet < endPacket; packet += 1) {
    times[packet - firstPacket + 1] = (times[packet - firstPacket] ?? 0) + durationOf(table, packet);
  }
  const offset = Math.round(heardAt(firstPacket));
  return { timescale, firstPacket, endPacket, times, lead: Math.max(0, offset), editMediaTime: Math.max(0, -offset) };
}

/** How much is decoded before what is heard. AAC, which may also be copied, and raw sound need no more than the packet before. */
export function prerollSeconds({ entryTypes, stsd }: Pick<Track, "entryTypes" | "stsd">): number {
  return entryTypes.every(isRawEntry) || audioCodec(stsd) !== null ? 0 : PREROLL_SECONDS;
}

/**
 * The packet to begin decoding with, so that the first that is heard is right: a decoder is so from its second packet on.
 *
 * @param heardAt ticks, of packets or places in step with them
 */
export function firstDecoded(firstHeard: number, heardAt: (packet: number) => number, prerollTicks: number): number {
  let packet = Math.max(0, firstHeard - 1);
  while (packet > 0 && heardAt(packet) > -prerollTicks) packet -= 1;
  return packet;
}

function durationOf(table: SampleTable, packet: number): number {
  return table.duration[packet] ?? 0;
}

/** When the packet at that place of {@link SoundIndex.times} is heard, in ticks from the presentation's start. */
export function heardTicks({ times, lead, editMediaTime }: SoundIndex, place: number): number {
  return (times[place] ?? 0) + lead - editMediaTime;
}

/** When the last packet is over, from the presentation's start. */
export function soundEndSeconds(index: SoundIndex): number {
  return heardTicks(index, index.times.length - 1) / index.timescale;
}

/**
 * The same without what begins only when it is over: a sound that is added to a film may be longer than it. At least one packet is
 * left.
 */
export function endingBy(index: SoundIndex, seconds: number): SoundIndex {
  const last = index.times.length - 1;
  let end = last;
  while (end > 1 && heardTicks(index, end - 1) >= seconds * index.timescale) end -= 1;
  if (end === last) return index;
  return { ...index, endPacket: index.firstPacket + end, times: index.times.slice(0, end + 1) };
}

/**
 * Cuts the packets as near as can be to the plan's boundaries. Gives places in {@link SoundIndex.times}: as many as the plan
 * has boundaries, never falling; the first is 0 and the last the end. The first segment always has a packet, so that a player
 * learns from it when a sound begins that begins late.
 */
export function soundCuts(index: SoundIndex, boundariesSeconds: readonly number[]): number[] {
  const last = index.times.length - 1;
  let place = 0;
  return boundariesSeconds.map((seconds, n) => {
    if (n === 0) return 0;
    if (n === boundariesSeconds.length - 1) return last;
    const wanted = seconds * index.timescale;
    while (place < last && heardTicks(index, place + 1) <= wanted) place += 1;
    const isNextNearer = place < last && heardTicks(index, place + 1) - wanted < wanted - heardTicks(index, place);
    if (isNextNearer || place === 0) place += 1;
    return place;
  });
}

/** Presentation times of the cuts in ticks, as playlists tell them: the first segment lasts from 0. */
export function soundBoundaries(index: SoundIndex, cuts: readonly number[]): number[] {
  return cuts.map((place, n) => (n === 0 ? 0 : Math.max(0, heardTicks(index, place))));
}
