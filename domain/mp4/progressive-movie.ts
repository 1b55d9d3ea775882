import { ascii, box, concat, fourCC, fullBox, u16, u32, u32s, u64, u64s, utf8 } from "./box-writer.ts";
import type { FragmentSample } from "./fragment.ts";
import { plainAudioStsd } from "./plain-audio-stsd.ts";
import { type Rotation, rotationMatrix } from "./track.ts";

/** A track of a file that is played while it arrives. */
export interface ProgressiveTrack {
  kind: "video" | "audio";
  /** Ticks per second of its samples' times. */
  timescale: number;
  /** The whole `stsd` box. */
  stsd: Uint8Array;
  /** Size to show video at, also in fractions; 0 for audio. */
  widthPx: number;
  heightPx: number;
  /** Clockwise turn that shows the pictures upright; 0 unless given. */
  rotationDegrees?: Rotation;
  /** BCP 47; undetermined unless given. */
  language?: string | null;
  /** What people choose it by. */
  name?: string;
  /** Nothing is presented before, in ticks: silence before a late sound. */
  delay: number;
  /** Media time at which presentation begins: the priming of a sound's encoder. */
  editMediaTime: number;
  /** So much is presented from there on, in ticks; all of it unless given. */
  shownTicks?: number;
  /** Of raw sound, the bytes of one tick: a sample here is a run of ticks, of which each is a sample of the file. */
  tickBytes?: number | null;
  /** Samples that lie together, in decode order; as many chunks as the other tracks have, some may be empty. */
  chunks: readonly (readonly FragmentSample[])[];
}

/** Of the file as a whole. */
export interface ProgressiveOptions {
  /** Ticks per second of delays and lengths; those of the first track unless given. */
  movieTimescale?: number;
  /** Says that the file is QuickTime's, whose sound descriptions have other fields, and leaves them as they are. */
  isQuickTime?: boolean;
}

const IDENTITY = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const UNDETERMINED = 0x55c4; // "und" in five bits a letter
/** Enabled, in the movie, in previews. ISO/IEC 14496-12 §8.3.2 */
const TRACK_FLAGS = 7;
/** The media are in this very file. ISO/IEC 14496-12 §8.7.2 */
const SELF_CONTAINED = 1;
const LARGE_MDAT_HEADER_BYTES = 16;

/**
 * An MP4 file up to where its samples' bytes follow: `ftyp`, the whole `moov`, the header of `mdat`. Behind it come the bytes
 * of the first chunk of each track, in the order of tracks, then of the second, and so on. Players can begin with the first bytes.
 *
 * @throws RangeError when there is no track, or a number does not fit its field
 */
export function writeProgressiveHead(
  tracks: readonly ProgressiveTrack[],
  options: ProgressiveOptions = {},
): Uint8Array {
  const [first] = tracks;
  if (first === undefined) throw new RangeError("a file without tracks plays nothing");
  const sizes = tracks.map(({ chunks }) => chunks.map(bytesOf));
  const mediaBytes = sizes.flat().reduce((sum, size) => sum + size, 0);
  const { movieTimescale = first.timescale, isQuickTime = false } = options;
  const ftyp = isQuickTime
    ? box("ftyp", fourCC("qt  "), u32(512), fourCC("qt  "))
    : box("ftyp", fourCC("isom"), u32(512), fourCC("isom", "iso2", "avc1", "mp41"));
  const written = isQuickTime ? tracks : tracks.map((track) => ({ ...track, stsd: plainStsd(track) }));
  const moovAt = (mediaStart: number) => writeMovie(written, chunkOffsets(sizes, mediaStart), movieTimescale);
  const headBytes = ftyp.length + moovAt(0).length + LARGE_MDAT_HEADER_BYTES;
  const mdat = concat(u32(1), fourCC("mdat"), u64(mediaBytes + LARGE_MDAT_HEADER_BYTES));
  return concat(ftyp, moovAt(headBytes), mdat);
}

function plainStsd({ kind, stsd }: ProgressiveTrack): Uint8Array {
  return kind === "video" ? stsd : plainAudioStsd(stsd);
}

function bytesOf(samples: readonly FragmentSample[]): number {
  return samples.reduce((sum, { size }) => sum + size, 0);
}

/** Where each chunk of each track begins. */
function chunkOffsets(sizes: readonly (readonly number[])[], mediaStart: number): number[][] {
  const offsets = sizes.map((): number[] => []);
  let at = mediaStart;
  for (let chunk = 0; chunk < (sizes[0]?.length ?? 0); chunk += 1) {
    for (const [track, ofTrack] of sizes.entries()) {
      offsets[track]?.push(at);
      at += ofTrack[chunk] ?? 0;
    }
  }
  return offsets;
}

function writeMovie(tracks: readonly ProgressiveTrack[], offsets: readonly number[][], timescale: number): Uint8Array {
  const lengths = tracks.map((track) => presentedTicks(track, timescale));
  const traks = tracks.map((track, at) => writeTrack(track, at + 1, offsets[at] ?? [], timescale));
  const rateAndVolume = concat(u32(0x10000), u16(0x0100, 0), u32(0, 0));
  const header = concat(u64(0, 0), u32(timescale), u64(Math.max(...lengths)), rateAndVolume, IDENTITY);
  const mvhd = fullBox("mvhd", 1, 0, header, u32(0, 0, 0, 0, 0, 0), u32(tracks.length + 1));
  return box("moov", mvhd, ...traks);
}

function writeTrack(
  track: ProgressiveTrack,
  id: number,
  offsets: readonly number[],
  movieTimescale: number,
): Uint8Array {
  const { kind, widthPx, heightPx } = track;
  const length = presentedTicks(track, movieTimescale);
  const tkhd = fullBox(
    "tkhd",
    1,
    TRACK_FLAGS,
    concat(u64(0, 0), u32(id, 0), u64(length), u32(0, 0)),
    u16(0, 0, kind === "audio" ? 0x0100 : 0, 0),
    rotationMatrix(track.rotationDegrees ?? 0),
    u32(widthPx * 0x10000, heightPx * 0x10000),
  );
  return box("trak", tkhd, writeEdits(track, movieTimescale), writeMedia(track, offsets), writeName(track));
}

/** QuickTime's user data, as other writers of MP4 have it. */
function writeName({ name = "" }: ProgressiveTrack): Uint8Array {
  return name === "" ? new Uint8Array() : box("udta", box("name", utf8(name)));
}

/** How long the movie lasts by this track, its delay included. */
function presentedTicks(track: ProgressiveTrack, movieTimescale: number): number {
  const ticks = track.delay + (track.shownTicks ?? mediaTicks(track) - track.editMediaTime);
  return Math.round((Math.max(0, ticks) / track.timescale) * movieTimescale);
}

function mediaTicks({ chunks }: ProgressiveTrack): number {
  return chunks.reduce((sum, samples) => sum + samples.reduce((part, { duration }) => part + duration, 0), 0);
}

/** Old players read composition offsets unsigned: they are shifted, and the edit list takes the shift back. */
function offsetShift({ chunks }: ProgressiveTrack): number {
  return chunks.reduce((most, samples) => samples.reduce((max, { ctsOffset }) => Math.max(max, -ctsOffset), most), 0);
}

/** ISO/IEC 14496-12 §8.6.6: nothing for the delay, then the media. */
function writeEdits(track: ProgressiveTrack, movieTimescale: number): Uint8Array {
  const delay = Math.round((track.delay / track.timescale) * movieTimescale);
  const mediaTime = track.editMediaTime + offsetShift(track);
  if (delay === 0 && mediaTime === 0 && track.shownTicks === undefined) return new Uint8Array();
  const media = concat(u64(presentedTicks(track, movieTimescale) - delay, mediaTime), u16(1, 0));
  const entries = delay === 0 ? [media] : [concat(u64(delay), NOTHING, u16(1, 0)), media];
  return box("edts", fullBox("elst", 1, 0, u32(entries.length), ...entries));
}

/** Media time −1. */
const NOTHING = u32(0xffffffff, 0xffffffff);

function writeMedia(track: ProgressiveTrack, offsets: readonly number[]): Uint8Array {
  const { kind, timescale } = track;
  const isVideo = kind === "video";
  const mdhd = fullBox("mdhd", 1, 0, concat(u64(0, 0), u32(timescale), u64(mediaTicks(track))), u16(UNDETERMINED, 0));
  const handler = concat(u32(0), fourCC(isVideo ? "vide" : "soun"), u32(0, 0, 0), ascii(`${kind}\0`));
  const mediaHeader = isVideo ? fullBox("vmhd", 0, 1, u16(0, 0, 0, 0)) : fullBox("smhd", 0, 0, u16(0, 0));
  const dref = fullBox("dref", 0, 0, u32(1), fullBox("url ", 0, SELF_CONTAINED));
  const minf = box("minf", mediaHeader, box("dinf", dref), writeSampleTable(track, offsets));
  return box("mdia", mdhd, writeLanguage(track), fullBox("hdlr", 0, 0, handler), minf);
}

/** `elng`, ISO/IEC 14496-12 §8.4.6: the old field of three letters cannot hold every language. */
function writeLanguage({ language = null }: ProgressiveTrack): Uint8Array {
  return language === null ? new Uint8Array() : fullBox("elng", 0, 0, ascii(`${language}\0`));
}

/** ISO/IEC 14496-12 §8.5 to §8.7. */
function writeSampleTable(track: ProgressiveTrack, offsets: readonly number[]): Uint8Array {
  const { stsd, tickBytes = null } = track;
  const places = chunkPlaces(offsets.filter((_, at) => (track.chunks[at]?.length ?? 0) > 0));
  if (tickBytes !== null) return writeTickTable(track, tickBytes, places);
  const samples = track.chunks.flat();
  const shift = offsetShift(track);
  const offsetsOfTimes = samples.map(({ ctsOffset }) => ctsOffset + shift);
  const syncs = samples.flatMap(({ isSync }, at) => (isSync ? [at + 1] : []));
  const isAllSync = syncs.length === samples.length;
  return box(
    "stbl",
    stsd,
    runs(
      "stts",
      samples.map(({ duration }) => duration),
    ),
    ...(offsetsOfTimes.every((offset) => offset === 0) ? [] : [runs("ctts", offsetsOfTimes)]),
    ...(isAllSync ? [] : [fullBox("stss", 0, 0, u32s([syncs.length, ...syncs]))]),
    chunkRuns(track.chunks.map((chunk) => chunk.length)),
    fullBox("stsz", 0, 0, u32(0, samples.length), u32s(samples.map(({ size }) => size))),
    places,
  );
}

/** Of raw sound: a sample a tick, all of one size. */
function writeTickTable(track: ProgressiveTrack, tickBytes: number, places: Uint8Array): Uint8Array {
  const ticks = mediaTicks(track);
  return box(
    "stbl",
    track.stsd,
    fullBox("stts", 0, 0, u32(1, ticks, 1)),
    chunkRuns(track.chunks.map((chunk) => chunk.reduce((sum, { duration }) => sum + duration, 0))),
    fullBox("stsz", 0, 0, u32(tickBytes, ticks)),
    places,
  );
}

/** Equal values one after the other take one row: their number and the value. */
function runs(type: string, values: readonly number[]): Uint8Array {
  const rows: number[] = [];
  for (const value of values) {
    if (rows.at(-1) === value) rows[rows.length - 2] = (rows.at(-2) ?? 0) + 1;
    else rows.push(1, value);
  }
  return fullBox(type, 0, 0, u32s([rows.length / 2, ...rows]));
}

/** `stsc`: from which chunk on a chunk has how many samples. */
function chunkRuns(samplesOfChunks: readonly number[]): Uint8Array {
  const counts = samplesOfChunks.filter((count) => count > 0);
  const rows = counts.flatMap((count, at) => (count === counts[at - 1] ? [] : [at + 1, count, 1]));
  return fullBox("stsc", 0, 0, u32s([rows.length / 3, ...rows]));
}

/** Always of 64 bits: the head's size must not depend on where the media begin. */
function chunkPlaces(offsets: readonly number[]): Uint8Array {
  return fullBox("co64", 0, 0, u32(offsets.length), u64s(offsets));
}
