import { type Box, Fields, readBoxes } from "./box-reader.ts";
import { damaged } from "./mp4-error.ts";

/** A film has one entry, rarely two. */
const MAX_ENTRIES = 256;
const VISUAL_ENTRY_BYTES = 78;
/** What QuickTime's sound descriptions of version 1 and 2 have in addition. */
const QUICKTIME_EXTRA_BYTES = [0, 16, 36] as const;

/** The entries of a whole `stsd` box (ISO/IEC 14496-12 §8.5.2). */
export function readSampleEntries(stsd: Uint8Array): Box[] {
  const fields = new Fields(stsd).skip(8 + 4);
  const count = fields.countOf(8);
  if (count > MAX_ENTRIES) throw damaged("a track has absurdly many formats");
  const entries = readBoxes(fields.takeRest()).slice(0, count);
  if (entries.length < count) throw damaged("a table is shorter than it says");
  return entries;
}

/** Boxes within a visual sample entry, such as `avcC`. */
export function visualEntryBoxes(entry: Box): Box[] {
  return readBoxes(new Fields(entry.body).skip(VISUAL_ENTRY_BYTES).takeRest());
}

export interface AudioEntry {
  channels: number;
  /** Hz; 0 where the field cannot hold it. */
  sampleRate: number;
  /** As ISO/IEC 14496-12 §12.2.3 has it, not as QuickTime extends it. */
  isPlain: boolean;
  boxes: Box[];
}

/** @param stsd the whole box: its version tells version 1 of ISO from QuickTime's */
export function readAudioEntry(stsd: Uint8Array, entry: Box): AudioEntry {
  const fields = new Fields(entry.body).skip(8);
  const version = fields.u16();
  const channels = fields.skip(6).u16();
  const sampleRate = fields.skip(6).u32() >>> 16;
  const isPlain = version === 0 || stsd[8] === 1;
  const extraBytes = isPlain ? 0 : QUICKTIME_EXTRA_BYTES[version];
  if (extraBytes === undefined) throw damaged("a sound description is of an unknown version");
  const extra = fields.take(extraBytes);
  const boxes = readBoxes(fields.takeRest());
  const facts = version === 2 && !isPlain ? readVersion2(extra) : { channels, sampleRate };
  return { ...facts, isPlain, boxes };
}

/** Version 2 has constants in the old fields, and the truth in its own. */
function readVersion2(extra: Uint8Array) {
  const view = new Fields(extra).skip(4).rest();
  return { sampleRate: Math.round(view.getFloat64(0)), channels: view.getUint32(8) };
}
