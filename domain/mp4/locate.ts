import { findBox, readBoxes, readBoxHeader } from "./box-reader.ts";
import { Mp4Error } from "./mp4-error.ts";

/** Reads bytes [start, end) of a file: exactly as many as asked, fewer only where the file ends. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

export interface MovieBox {
  /** Four characters, such as `isom`; `qt  ` where there is no `ftyp`, as in QuickTime files of old. */
  majorBrand: string;
  /** The whole box. */
  moov: Uint8Array;
  /** Where it begins in the file. */
  moovStart: number;
  /** Length of the `ftyp` that the file begins with; 0 where it begins with another box. */
  brandBytes: number;
  /** Media lie before it: who plays the file while it arrives waits for all of it. */
  isBehindMedia: boolean;
  /** Samples may be in `moof` boxes, which the tables of `moov` know nothing of (ISO/IEC 14496-12 §8.8.1). */
  hasFragments: boolean;
}

/** An hour's is about 4 MB. */
const MAX_MOOV_BYTES = 256 * 2 ** 20;
/** Each costs one read. Recorders that write an `mdat` every second have some thousands. */
const MAX_TOP_LEVEL_BOXES = 10_000;
/** A large header, or a small one and the brand. */
const PEEK_BYTES = 16;
const FIRST_TYPES = new Set("ftyp moov mdat free skip wide pnot uuid styp moof sidx".split(" "));

/**
 * Finds `moov` (and `ftyp`) by walking the top-level boxes; of the media only the headers are read. Stops at `moov`.
 * Throws Mp4Error where the file is of another kind, was cut off before the end of `moov`, or has none.
 */
export async function readMovieBox(read: ReadRange, sizeBytes: number): Promise<MovieBox> {
  let majorBrand = "qt  ";
  let brandBytes = 0;
  const seen = new Set<string>();
  let at = 0;
  for (let boxes = 0; at + 8 <= sizeBytes; boxes++) {
    if (boxes === MAX_TOP_LEVEL_BOXES) throw new Mp4Error("The file is in too many pieces before its index (moov)");
    const peeked = await read(at, Math.min(at + PEEK_BYTES, sizeBytes));
    const box = readBoxHeader(peeked, sizeBytes - at);
    if (boxes === 0 && !FIRST_TYPES.has(box.type)) throw new Mp4Error("The file is not an MP4 or QuickTime file");
    if (box.type === "moov") {
      const index = await readMoov(read, at, box.sizeBytes, sizeBytes, seen.has("moof"));
      return { majorBrand, moovStart: at, brandBytes, isBehindMedia: seen.has("mdat"), ...index };
    }
    if (box.type === "ftyp" && peeked.length >= 12) majorBrand = String.fromCharCode(...peeked.subarray(8, 12));
    if (box.type === "ftyp" && at === 0) brandBytes = box.sizeBytes;
    seen.add(box.type);
    at += box.sizeBytes;
  }
  if (at > sizeBytes) throw new Mp4Error("The file was cut off: it ends before its index (moov)");
  throw new Mp4Error("The file has no index (moov); its recording may never have been finished");
}

async function readMoov(read: ReadRange, at: number, moovBytes: number, sizeBytes: number, sawFragment: boolean) {
  if (moovBytes > MAX_MOOV_BYTES) throw new Mp4Error("The file's index (moov) is over 256 MiB");
  if (at + moovBytes > sizeBytes) throw new Mp4Error("The file was cut off: it ends within its index (moov)");
  const moov = await read(at, at + moovBytes);
  if (moov.length < moovBytes) throw new Mp4Error("The file was cut off: it ends within its index (moov)");
  const box = readBoxes(moov)[0];
  const hasFragments = sawFragment || (box !== undefined && findBox(readBoxes(box.body), "mvex") !== null);
  return { moov, hasFragments };
}
