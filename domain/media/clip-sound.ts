import type { Track } from "../mp4/movie.ts";
import { type ClippedTrack, type ClipSpan, clippedTable } from "./clipped-track.ts";
import { tickBytes } from "./raw-sound.ts";
import { firstDecoded, heardTicks, prerollSeconds, type SoundIndex } from "./sound-index.ts";

/**
 * Cuts the packets of a sound that are heard within a span, each at its time, and those before that a decoder needs; what is
 * heard too early is hidden by an edit list. It ends with the packet whose middle is the last within the span, raw sound with the
 * span. Null where nothing is heard.
 *
 * @param span on the source's presentation, with the clip's own begin
 */
export function clipSound(
  { track, index }: { track: Track; index: SoundIndex },
  { startSeconds, endSeconds }: ClipSpan,
): ClippedTrack | null {
  const { timescale, firstPacket } = index;
  const ticks = (endSeconds - startSeconds) * timescale;
  const heardAt = (place: number): number => heardTicks(index, place) - startSeconds * timescale;
  const bytes = tickBytes(track);
  const isRaw = bytes !== null;
  const places = heardPlaces(index, heardAt, isRaw, ticks);
  if (places === null) return null;
  const from = firstDecoded(places.from, heardAt, prerollSeconds(track) * timescale);
  const last = places.to - 1;
  const lastTicks = Math.min(
    durationAt(index, last),
    isRaw ? Math.ceil(ticks - heardAt(last)) : durationAt(index, last),
  );
  const durationOf = (packet: number): number =>
    packet - firstPacket === last ? lastTicks : durationAt(index, packet - firstPacket);
  const timeOf = (packet: number): number => (index.times[packet - firstPacket] ?? 0) - (index.times[from] ?? 0);
  const table = clippedTable(
    track.samples,
    { first: firstPacket + from, end: firstPacket + places.to },
    { timeOf, durationOf },
  );
  const offset = Math.round(heardAt(from));
  const [delay, editMediaTime] = [Math.max(0, offset), Math.max(0, -offset)];
  const mediaTicks = (table.dts[table.count - 1] ?? 0) + lastTicks;
  return {
    table: isRaw ? { ...table, size: table.duration.map((count) => count * bytes) } : table,
    tickBytes: bytes,
    ...{ delay, editMediaTime, shownTicks: Math.min(mediaTicks - editMediaTime, Math.ceil(ticks) - delay) },
  };
}

/** Places [from, to) in {@link SoundIndex.times}. */
function heardPlaces(
  index: SoundIndex,
  heardAt: (place: number) => number,
  isRaw: boolean,
  ticks: number,
): { from: number; to: number } | null {
  const count = index.times.length - 1;
  let from = 0;
  while (from < count && heardAt(from + 1) <= 0) from += 1;
  let to = from;
  while (to < count && heardAt(to) + (isRaw ? 0 : durationAt(index, to) / 2) < ticks) to += 1;
  return to > from ? { from, to } : null;
}

function durationAt({ times }: SoundIndex, place: number): number {
  return (times[place + 1] ?? 0) - (times[place] ?? 0);
}
