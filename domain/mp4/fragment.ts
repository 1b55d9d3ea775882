import { box, concat, fourCC, fullBox, i32, u32, u64 } from "./box-writer.ts";

export interface FragmentSample {
  /** Bytes. */
  size: number;
  /** Ticks until the next sample is decoded. */
  duration: number;
  /** Presentation minus decode time, signed. */
  ctsOffset: number;
  isSync: boolean;
}

export interface FragmentOptions {
  /** From 1, rising in a rendition. */
  sequence: number;
  /** Decode time of the first sample, ticks. Never negative: players read it unsigned. */
  baseDecodeTime: number;
  /** In decode order. */
  samples: readonly FragmentSample[];
}

const TRACK_ID = 1;
const DEFAULT_BASE_IS_MOOF = 0x020000;
/** Data offset; duration, size, flags and composition offset of each sample. */
const TRUN_FLAGS = 0x000f01;
const TRUN_HEADER_BYTES = 20;
const ROW_BYTES = 16;
/** Depends on no other sample. ISO/IEC 14496-12 §8.8.3.1 */
const SYNC_FLAGS = 0x02000000;
/** Depends on others and is no sync sample. */
const NON_SYNC_FLAGS = 0x01010000;
const MDAT_HEADER_BYTES = 8;
const LARGE_MDAT_HEADER_BYTES = 16;

/**
 * A CMAF segment of one fragment up to where its samples' bytes follow: `styp`, `moof` and the header of `mdat`. No `sidx`.
 * Throws RangeError for a number that its field cannot hold.
 */
export function writeFragmentHeader({ sequence, baseDecodeTime, samples }: FragmentOptions): Uint8Array {
  const mediaBytes = samples.reduce((sum, sample) => sum + sample.size, 0);
  const isLarge = mediaBytes + MDAT_HEADER_BYTES >= 2 ** 32;
  const mfhd = fullBox("mfhd", 0, 0, u32(sequence));
  const tfhd = fullBox("tfhd", 0, DEFAULT_BASE_IS_MOOF, u32(TRACK_ID));
  const tfdt = fullBox("tfdt", 1, 0, u64(baseDecodeTime));
  const trunBytes = TRUN_HEADER_BYTES + samples.length * ROW_BYTES;
  const moofBytes = 8 + mfhd.length + 8 + tfhd.length + tfdt.length + trunBytes;
  const dataOffset = moofBytes + (isLarge ? LARGE_MDAT_HEADER_BYTES : MDAT_HEADER_BYTES);
  const trun = fullBox("trun", 1, TRUN_FLAGS, u32(samples.length, dataOffset), writeRows(samples));
  return concat(
    box("styp", fourCC("msdh"), u32(0), fourCC("msdh", "cmfs")),
    box("moof", mfhd, box("traf", tfhd, tfdt, trun)),
    isLarge
      ? concat(u32(1), fourCC("mdat"), u64(mediaBytes + LARGE_MDAT_HEADER_BYTES))
      : concat(u32(mediaBytes + MDAT_HEADER_BYTES), fourCC("mdat")),
  );
}

function writeRows(samples: readonly FragmentSample[]): Uint8Array {
  const rows = new Uint8Array(samples.length * ROW_BYTES);
  for (const [row, { duration, size, isSync, ctsOffset }] of samples.entries()) {
    const flags = isSync ? SYNC_FLAGS : NON_SYNC_FLAGS;
    rows.set(concat(u32(duration, size, flags), i32(ctsOffset)), row * ROW_BYTES);
  }
  return rows;
}
