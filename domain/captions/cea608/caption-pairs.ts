const SEI = 6;
/** Slices, ITU-T H.264 table 7-1: SEI stand before them. */
const FIRST_SLICE = 1;
const LAST_SLICE = 5;
const USER_DATA = 4;
/** ITU-T T.35: United States, ATSC; then ATSC A/53 part 4 §6.2.3: `GA94`, closed captions. */
const CAPTION_HEADER = [0xb5, 0x00, 0x31, 0x47, 0x41, 0x39, 0x34, 0x03] as const;

/** A picture's captions take some 100 bytes: what is longer is something else, or made to be. */
const MAX_SEI_BYTES = 65_536;
const MAX_FIELD_BYTES = 256;
const DATA_BITS = 0x7f;

/** Pairs of bytes of both fields of CEA-608, as they were sent: with parity, two after two. Without those that say nothing. */
export interface CaptionPairs {
  field1: readonly number[];
  field2: readonly number[];
}

/**
 * The captions that a length-prefixed H.264 sample carries (ATSC A/53 part 4 §6.2); null where it has no place for any. Damage
 * ends the search.
 *
 * @param lengthBytes of each NAL's length field: 1, 2 or 4
 */
export function captionPairs(sample: Uint8Array, lengthBytes: number): CaptionPairs | null {
  let found: { field1: number[]; field2: number[] } | null = null;
  for (let at = 0; at + lengthBytes < sample.length; ) {
    const nal = at + lengthBytes;
    let length = 0;
    for (let byte = at; byte < nal; byte += 1) length = length * 256 + (sample[byte] ?? 0);
    const type = (sample[nal] ?? 0) & 31;
    if (type >= FIRST_SLICE && type <= LAST_SLICE) break;
    if (type === SEI && length <= MAX_SEI_BYTES) {
      for (const data of userData(withoutEmulation(sample.subarray(nal + 1, nal + length)))) {
        found ??= { field1: [], field2: [] };
        addPairs(found, data);
      }
    }
    at = nal + length;
  }
  return found;
}

/** ITU-T H.264 §7.4.1.1: a 3 behind two zeros is not part of what was meant. */
function withoutEmulation(bytes: Uint8Array): number[] {
  const plain: number[] = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    plain.push(byte);
  }
  return plain;
}

/** The `cc_data` of every message that has some (ITU-T H.264 §7.3.2.3.1). */
function userData(sei: readonly number[]): number[][] {
  const found: number[][] = [];
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (; sei[at] === 0xff; at += 1) value += 0xff;
    value += sei[at] ?? 0;
    at += 1;
    return value;
  };
  while (at + 2 < sei.length) {
    const type = number();
    const size = number();
    const isCaptions = type === USER_DATA && CAPTION_HEADER.every((byte, place) => sei[at + place] === byte);
    if (isCaptions) found.push(sei.slice(at + CAPTION_HEADER.length, at + size));
    at += size;
  }
  return found;
}

/** CEA-708 §4.4: flags with a count, a byte of nothing, then triples. */
function addPairs(found: { field1: number[]; field2: number[] }, data: readonly number[]): void {
  const flags = data[0] ?? 0;
  if ((flags & 0x40) === 0) return;
  for (let triple = 0; triple < (flags & 31); triple += 1) {
    const [marker, first, second] = data.slice(2 + 3 * triple, 5 + 3 * triple);
    if (marker === undefined || first === undefined || second === undefined) return;
    const [isValid, type] = [(marker & 4) !== 0, marker & 3];
    if (!isValid || type > 1) continue; // 2 and 3 are CEA-708
    const field = type === 0 ? found.field1 : found.field2;
    const saysNothing = ((first | second) & DATA_BITS) === 0;
    if (!saysNothing && field.length < MAX_FIELD_BYTES) field.push(first, second);
  }
}
