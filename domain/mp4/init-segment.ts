import { ascii, box, concat, fourCC, fullBox, u16, u32, u64 } from "./box-writer.ts";
import { plainAudioStsd } from "./plain-audio-stsd.ts";
import { type Rotation, rotationMatrix } from "./track.ts";

export interface InitOptions {
  kind: "video" | "audio";
  /** Ticks per second of the fragments' times. */
  timescale: number;
  /** The whole `stsd` box of the samples' source. */
  stsd: Uint8Array;
  /** Size to show video at; 0 for audio. */
  widthPx: number;
  heightPx: number;
  /** Clockwise turn that shows the pictures upright; 0 unless given. */
  rotationDegrees?: Rotation;
  /** Media time at which presentation begins, for audio priming; 0 = no edit list. */
  editMediaTime: number;
  /** For decoders only: says that `stsd` is QuickTime's, whose sound descriptions have other fields, and leaves it as it is. */
  isQuickTime?: boolean;
}

const TRACK_ID = 1;
const IDENTITY = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const UNDETERMINED = 0x55c4; // "und" in five bits a letter
/** Enabled, in the movie, in previews. ISO/IEC 14496-12 §8.3.2 */
const TRACK_FLAGS = 7;
/** The media are in this very file. ISO/IEC 14496-12 §8.7.2 */
const SELF_CONTAINED = 1;

/**
 * `ftyp` and a `moov` without samples, for one track (id 1) whose samples come in fragments. The source's sample
 * description goes in byte for byte, but QuickTime's form of an AAC description becomes ISO's, the only one browsers read.
 */
export function writeInitSegment(options: InitOptions): Uint8Array {
  const { kind, timescale, editMediaTime, isQuickTime = false } = options;
  // cmf2 forbids edit lists: ISO/IEC 23000-19 §7.7.2
  const brands = editMediaTime === 0 ? ["iso6", "cmfc", "cmf2"] : ["iso6", "cmfc"];
  const volume = kind === "audio" ? 0x0100 : 0;
  const tkhd = fullBox(
    "tkhd",
    0,
    TRACK_FLAGS,
    u32(0, 0, TRACK_ID, 0, 0, 0, 0),
    u16(0, 0, volume, 0),
    rotationMatrix(options.rotationDegrees ?? 0),
    u32(options.widthPx * 0x10000, options.heightPx * 0x10000),
  );
  const trak = box("trak", tkhd, writeEdits(editMediaTime), writeMedia(options));
  const trex = fullBox("trex", 0, 0, u32(TRACK_ID, 1, 0, 0, 0));
  return concat(
    isQuickTime
      ? box("ftyp", fourCC("qt  "), u32(0), fourCC("qt  "))
      : box("ftyp", fourCC("iso6"), u32(0), fourCC(...brands)),
    box("moov", writeMovieHeader(timescale), trak, box("mvex", trex)),
  );
}

function writeMovieHeader(timescale: number): Uint8Array {
  const rateAndVolume = concat(u32(0x10000), u16(0x0100, 0), u32(0, 0));
  return fullBox(
    "mvhd",
    0,
    0,
    u32(0, 0, timescale, 0),
    rateAndVolume,
    IDENTITY,
    u32(0, 0, 0, 0, 0, 0),
    u32(TRACK_ID + 1),
  );
}

/** One edit of duration 0: in a fragmented file it lasts as long as the media (ISO/IEC 14496-12 §8.6.6.1). */
function writeEdits(mediaTime: number): Uint8Array {
  if (mediaTime === 0) return new Uint8Array();
  return box("edts", fullBox("elst", 1, 0, u32(1), u64(0, mediaTime), u16(1, 0)));
}

function writeMedia({ kind, timescale, stsd, isQuickTime = false }: InitOptions): Uint8Array {
  const isVideo = kind === "video";
  const mdhd = fullBox("mdhd", 0, 0, u32(0, 0, timescale, 0), u16(UNDETERMINED, 0));
  const handler = concat(u32(0), fourCC(isVideo ? "vide" : "soun"), u32(0, 0, 0), ascii(`${kind}\0`));
  const mediaHeader = isVideo ? fullBox("vmhd", 0, 1, u16(0, 0, 0, 0)) : fullBox("smhd", 0, 0, u16(0, 0));
  const dref = fullBox("dref", 0, 0, u32(1), fullBox("url ", 0, SELF_CONTAINED));
  const stbl = box(
    "stbl",
    isVideo || isQuickTime ? stsd : plainAudioStsd(stsd),
    fullBox("stts", 0, 0, u32(0)),
    fullBox("stsc", 0, 0, u32(0)),
    fullBox("stsz", 0, 0, u32(0, 0)),
    fullBox("stco", 0, 0, u32(0)),
  );
  return box("mdia", mdhd, fullBox("hdlr", 0, 0, handler), box("minf", mediaHeader, box("dinf", dref), stbl));
}
