import { decodeUtf8 } from "../decode-utf8.ts";
import { type Box, Fields, findBox, readBoxes, requireBox } from "./box-reader.ts";
import { concat, i32, u32 } from "./box-writer.ts";
import { ClockError, damaged, Mp4Error } from "./mp4-error.ts";
import { readSampleEntries } from "./sample-entry.ts";
import { EMPTY_TABLE, readSampleTable, type SampleTable } from "./sample-table.ts";

export interface Track {
  id: number;
  /** By the handler. Of `other` tracks (text, timecode, metadata) only the headers are read: no `stsd`, no `samples`. */
  kind: "video" | "audio" | "other";
  /** Meant to be played. Of several languages, editors enable the one that is heard unless another is chosen. */
  isEnabled: boolean;
  /** Ticks per second of the samples' times and of the edits' media times. */
  timescale: number;
  /** The edit list as it stands; empty where there is none. */
  edits: Edit[];
  /** The whole `stsd` box, byte for byte. */
  stsd: Uint8Array;
  /** Four-character types of its entries. */
  entryTypes: string[];
  /** As the first entry has it; 0 for anything but video. */
  codedWidthPx: number;
  codedHeightPx: number;
  /** Size to show video at, as the track's header has it, also in fractions; 0 for audio. */
  headerWidthPx: number;
  headerHeightPx: number;
  /** Clockwise, to be applied to the decoded picture; null where the matrix does anything else (mirrors, scales, shears). */
  rotationDegrees: Rotation | null;
  /** BCP 47 where the file says it so (`elng`), else ISO 639-2/T; `und` where it does not say. */
  language: string;
  /** What people choose it by, where somebody named it. */
  name: string | null;
  samples: SampleTable;
}

export interface Edit {
  /** In the movie's timescale. */
  durationTicks: number;
  /** In the track's timescale; -1 is an empty edit: nothing is shown for its duration. */
  mediaTime: number;
  /** 1 is normal speed, 0 a still. */
  rate: number;
}

export type Rotation = 0 | 90 | 180 | 270;

const MAX_LANGUAGE_BYTES = 64;
const MAX_NAME_BYTES = 1_024;

const KINDS = new Map<string, Track["kind"]>([
  ["vide", "video"],
  ["soun", "audio"],
]);

/**
 * Reads a `trak` box.
 *
 * @param movieRotation of `mvhd`: it turns every track's picture once more
 * @param maxSamples a track of more is refused
 */
export function readTrack(trak: Box, movieRotation: Rotation | null, maxSamples: number): Track {
  const boxes = readBoxes(trak.body);
  const { matrix, ...header } = readTrackHeader(requireBox(boxes, "tkhd"));
  const media = readBoxes(requireBox(boxes, "mdia").body);
  const kind = KINDS.get(new Fields(requireBox(media, "hdlr").body).skip(8).fourCC()) ?? "other";
  const { timescale, language } = readMediaHeader(requireBox(media, "mdhd"));
  const elng = findBox(media, "elng");
  if (timescale === 0 && kind !== "other")
    throw new ClockError("The file is damaged: a track's clock (mdhd) does not tick");
  return {
    ...header,
    kind,
    timescale,
    edits: readEdits(findBox(boxes, "edts")),
    ...readTables(media, kind, maxSamples),
    rotationDegrees: turned(rotationOf(matrix), movieRotation),
    name: readName(findBox(boxes, "udta")),
    language: (elng === null ? null : readExtendedLanguage(elng)) ?? language,
  };
}

type Tables = Pick<Track, "stsd" | "entryTypes" | "codedWidthPx" | "codedHeightPx" | "samples">;

function readTables(media: readonly Box[], kind: Track["kind"], maxSamples: number): Tables {
  const none = { stsd: new Uint8Array(), entryTypes: [], codedWidthPx: 0, codedHeightPx: 0, samples: EMPTY_TABLE };
  if (kind === "other") return none;
  const stbl = readBoxes(requireBox(readBoxes(requireBox(media, "minf").body), "stbl").body);
  const stsd = requireBox(stbl, "stsd").bytes;
  const entries = readSampleEntries(stsd);
  const [first] = entries;
  const size = kind === "video" && first !== undefined ? readPictureSize(first) : { codedWidthPx: 0, codedHeightPx: 0 };
  const samples = readSampleTable(stbl, { isSound: kind === "audio", maxSamples });
  return { stsd, entryTypes: entries.map((entry) => entry.type), ...size, samples };
}

/** ISO/IEC 14496-12 §12.1.3: VisualSampleEntry. */
function readPictureSize(entry: Box) {
  const fields = new Fields(entry.body).skip(24);
  return { codedWidthPx: fields.u16(), codedHeightPx: fields.u16() };
}

/** ISO/IEC 14496-12 §8.3.2. */
function readTrackHeader(tkhd: Box) {
  const fields = new Fields(tkhd.body);
  const version = fields.u8();
  const isEnabled = (fields.skip(2).u8() & 1) === 1;
  const id = fields.skip(version === 1 ? 16 : 8).u32();
  const matrix = fields.skip(4 + (version === 1 ? 8 : 4) + 8 + 8).take(36);
  const [headerWidthPx, headerHeightPx] = [fields.u32() / ONE, fields.u32() / ONE];
  return { id, isEnabled, matrix, headerWidthPx, headerHeightPx };
}

/** QuickTime's user data `name`, which is written in MP4 as well. What else is in there, in whatever shape, is nobody's concern. */
function readName(udta: Box | null): string | null {
  try {
    const name = udta === null ? null : findBox(readBoxes(udta.body), "name");
    const text = name === null || name.body.length > MAX_NAME_BYTES ? null : decodeUtf8(name.body);
    return text === "" ? null : text;
  } catch (error) {
    if (error instanceof Mp4Error) return null;
    throw error;
  }
}

/** ISO/IEC 14496-12 §8.4.2. */
function readMediaHeader(mdhd: Box) {
  const fields = new Fields(mdhd.body);
  const version = fields.u8();
  const timescale = fields.skip(3 + (version === 1 ? 16 : 8)).u32();
  return { timescale, language: languageOf(fields.skip(version === 1 ? 8 : 4).u16()) };
}

/** Three letters of five bits each. QuickTime's numbers of languages are below 0x400 and not told apart here. */
function languageOf(packed: number): string {
  const letters = [packed >> 10, packed >> 5, packed].map((bits) => bits & 31);
  const isCode = letters.every((letter) => letter >= 1 && letter <= 26);
  return isCode ? String.fromCharCode(...letters.map((letter) => letter + 0x60)) : "und";
}

/** ISO/IEC 14496-12 §8.4.6: text that ends with a zero. Null where it is none that a language tag can be (RFC 5646). */
function readExtendedLanguage(elng: Box): string | null {
  const text = String.fromCharCode(...elng.body.subarray(4, 4 + MAX_LANGUAGE_BYTES));
  return /^[A-Za-z0-9-]{2,35}(?=\0|$)/.exec(text)?.[0] ?? null;
}

/** A duration of a header: 0 where the file does not know it (all bits set). */
export function readDuration(fields: Fields, version: number): number {
  if (version !== 1) {
    const ticks = fields.u32();
    return ticks === 0xffffffff ? 0 : ticks;
  }
  const [high, low] = [fields.u32(), fields.u32()];
  const ticks = high * 2 ** 32 + low;
  if (high === 0xffffffff && low === 0xffffffff) return 0;
  if (!Number.isSafeInteger(ticks)) throw damaged("a duration is absurdly long");
  return ticks;
}

/** A list that no film needs: more is refused. */
const MAX_EDITS = 10_000;

/** ISO/IEC 14496-12 §8.6.6. */
function readEdits(edts: Box | null): Edit[] {
  const elst = edts === null ? null : findBox(readBoxes(edts.body), "elst");
  if (elst === null) return [];
  const fields = new Fields(elst.body);
  const isLong = fields.u8() === 1;
  const count = fields.skip(3).countOf(isLong ? 20 : 12);
  if (count > MAX_EDITS) throw damaged("a track has absurdly many edits");
  return Array.from({ length: count }, () => {
    const durationTicks = isLong ? fields.u64() : fields.u32();
    const mediaTime = isLong ? fields.i64() : fields.i32();
    if (mediaTime < -1) throw damaged("an edit begins before its media");
    return { durationTicks, mediaTime, rate: fields.i16() + fields.u16() / 2 ** 16 };
  });
}

const ONE = 2 ** 16;
/** a, b, c, d of the matrix {a b u; c d v; x y w} in 16.16: x' = ax + cy + x, y' = bx + dy + y. */
const ROTATIONS: readonly (readonly [a: number, b: number, c: number, d: number, degrees: Rotation])[] = [
  [ONE, 0, 0, ONE, 0],
  [0, ONE, -ONE, 0, 90],
  [-ONE, 0, 0, -ONE, 180],
  [0, -ONE, ONE, 0, 270],
  [0, 0, 0, 0, 0], // nothing written: players ignore it
];

/** Shifts are ignored: a rotation comes with one that brings the picture back to the origin. */
export function rotationOf(matrix: Uint8Array): Rotation | null {
  const fields = new Fields(matrix);
  const [a, b] = [fields.i32(), fields.i32()];
  const [c, d] = [fields.skip(4).i32(), fields.i32()];
  return ROTATIONS.find((known) => known[0] === a && known[1] === b && known[2] === c && known[3] === d)?.[4] ?? null;
}

/** The matrix of `tkhd` for a turn, without the shift back to the origin that readers find out themselves. */
export function rotationMatrix(degrees: Rotation): Uint8Array {
  const [a, b, c, d] = ROTATIONS.find((known) => known[4] === degrees) ?? [ONE, 0, 0, ONE];
  return concat(i32(a), i32(b), u32(0), i32(c), i32(d), u32(0, 0, 0, 0x40000000));
}

function turned(track: Rotation | null, movie: Rotation | null): Rotation | null {
  if (track === null || movie === null) return null;
  return ((track + movie) % 360) as Rotation; // both are multiples of 90
}
