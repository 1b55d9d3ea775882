import { findEsds, readEsds } from "./aac-config.ts";
import { type Box, readBoxes } from "./box-reader.ts";
import { box, concat, fullBox, u32 } from "./box-writer.ts";
import { readAudioEntry, readSampleEntries, visualEntryBoxes } from "./sample-entry.ts";

/** A text within a visual entry that names the encoder and its version (ISO/IEC 14496-12 §12.1.3). */
const COMPRESSOR_NAME = { start: 42, end: 74 };
const VISUAL_FIELDS_END = 78;
const AUDIO_FIELDS_END = 28;
/** What lies around the sample description in an init segment. */
const CONTAINERS: ReadonlySet<string> = new Set(["moov", "trak", "mdia", "minf", "stbl"]);

/**
 * A whole `stsd` box of an encoder's H.264 or AAC without what is only said about it: the encoder's name and the bit rates (`btrt`).
 * Decoders need neither, and another version of the encoder says something else.
 */
export function withoutLabels(stsd: Uint8Array): Uint8Array {
  const entries = readSampleEntries(stsd).map((entry) => {
    if (entry.type === "avc1") return plainVisual(entry);
    const boxes = audioBoxes(stsd, entry);
    return boxes === null
      ? entry.bytes
      : box(entry.type, entry.body.subarray(0, AUDIO_FIELDS_END), withoutRates(boxes));
  });
  return fullBox("stsd", 0, 0, u32(entries.length), ...entries);
}

/** Whether samples that were encoded for one init segment decode just so under the other: the two differ in labels at most. */
export function decodeAlike(one: Uint8Array, other: Uint8Array): boolean {
  const [first, second] = [decoderView(one), decoderView(other)];
  return first.length === second.length && first.every((byte, at) => byte === second[at]);
}

function decoderView(bytes: Uint8Array): Uint8Array {
  const parts = readBoxes(bytes).map((part) => {
    if (CONTAINERS.has(part.type)) return box(part.type, decoderView(part.body));
    return part.type === "stsd" ? descriptionView(part.bytes) : part.bytes;
  });
  return concat(...parts);
}

/** Of sound, `esds` has bit rates too, beside the configuration. */
function descriptionView(stsd: Uint8Array): Uint8Array {
  const [entry, ...others] = readSampleEntries(stsd);
  const esds = entry === undefined || others.length > 0 ? null : findEsds(audioBoxes(stsd, entry) ?? []);
  if (entry === undefined || esds === null) return withoutLabels(stsd);
  const { objectTypeIndication, specificInfo } = readEsds(esds);
  return concat(entry.body.subarray(0, AUDIO_FIELDS_END), Uint8Array.of(objectTypeIndication), specificInfo);
}

function plainVisual(entry: Box): Uint8Array {
  const { start, end } = COMPRESSOR_NAME;
  const depth = entry.body.subarray(end, VISUAL_FIELDS_END);
  const fields = concat(entry.body.subarray(0, start), new Uint8Array(end - start), depth);
  return box(entry.type, fields, withoutRates(visualEntryBoxes(entry)));
}

/** Null where it is not AAC in the plain form. */
function audioBoxes(stsd: Uint8Array, entry: Box): readonly Box[] | null {
  if (entry.type !== "mp4a") return null;
  const { isPlain, boxes } = readAudioEntry(stsd, entry);
  return isPlain ? boxes : null;
}

function withoutRates(boxes: readonly Box[]): Uint8Array {
  return concat(...boxes.filter(({ type }) => type !== "btrt").map(({ bytes }) => bytes));
}
