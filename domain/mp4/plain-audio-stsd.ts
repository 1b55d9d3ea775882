import { findEsds } from "./aac-config.ts";
import { findBox } from "./box-reader.ts";
import { box, concat, fullBox, u16, u32 } from "./box-writer.ts";
import { readAudioEntry, readSampleEntries } from "./sample-entry.ts";

/**
 * Apple's cameras and editors describe AAC in QuickTime's own way: more fields, and `esds` within `wave`. Makes of that the
 * form of ISO/IEC 14496-14 §5.6 with the same `esds`. Anything else is returned as it is.
 */
export function plainAudioStsd(stsd: Uint8Array): Uint8Array {
  const [entry] = readSampleEntries(stsd);
  if (entry?.type !== "mp4a") return stsd;
  const audio = readAudioEntry(stsd, entry);
  const esds = findEsds(audio.boxes);
  if (esds === null || (audio.isPlain && findBox(audio.boxes, "esds") !== null)) return stsd;
  const dataReference = concat(u32(0), u16(0, 1));
  const format = concat(u16(orZero(audio.channels), 16), u32(0), u16(orZero(audio.sampleRate), 0));
  return fullBox("stsd", 0, 0, u32(1), box("mp4a", dataReference, u32(0, 0), format, esds.bytes));
}

/** Rates over 65,535 Hz do not fit: `esds` has them. */
function orZero(value: number): number {
  return value >= 0 && value < 2 ** 16 ? value : 0;
}
