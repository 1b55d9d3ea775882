import type { CaptionPairs } from "../cea608/caption-pairs.ts";

/** Control codes of CC1 (CTA-608-E table 52). */
export const CODES = {
  RCL: [0x14, 0x20],
  BS: [0x14, 0x21],
  DER: [0x14, 0x24],
  RU2: [0x14, 0x25],
  RU3: [0x14, 0x26],
  RDC: [0x14, 0x29],
  TR: [0x14, 0x2a],
  EDM: [0x14, 0x2c],
  CR: [0x14, 0x2d],
  ENM: [0x14, 0x2e],
  EOC: [0x14, 0x2f],
  ITALIC: [0x11, 0x2e],
  PLAIN: [0x11, 0x20],
  TAB2: [0x17, 0x22],
  /** Row 15, at the left. */
  ROW15: [0x14, 0x60],
  /** Row 14, indented by 12. */
  ROW14_12: [0x14, 0x56],
  /** Row 1, italic. */
  ROW1_ITALIC: [0x11, 0x4e],
} as const;

/** Text as pairs; an odd character has a blank byte beside it. */
export function letters(text: string): number[] {
  const bytes = Array.from(text, (character) => character.charCodeAt(0));
  return bytes.length % 2 === 0 ? bytes : [...bytes, 0];
}

/** Control codes as they are sent: each twice. */
export function twice(...codes: readonly (readonly number[])[]): number[] {
  return codes.flatMap((code) => [...code, ...code]);
}

/** The eighth bit makes the number of ones odd. */
export function withParity(byte: number): number {
  const ones = byte.toString(2).replaceAll("0", "").length;
  return ones % 2 === 0 ? byte | 0x80 : byte;
}

/** A length-prefixed SEI of H.264 with captions, before a slice. */
export function sampleWithCaptions({ field1, field2 }: CaptionPairs): Uint8Array {
  const triples = [...triplesOf(0xfc, field1), ...triplesOf(0xfd, field2)];
  const data = [0xb5, 0, 0x31, 0x47, 0x41, 0x39, 0x34, 3, 0x40 | (triples.length / 3), 0xff, ...triples, 0xff];
  const size = [...Array<number>(Math.floor(data.length / 255)).fill(0xff), data.length % 255];
  const other = [5, 3, 1, 2, 3]; // a message of another kind before it
  return Uint8Array.from([...nal([6, ...other, 4, ...size, ...data, 0x80]), ...nal([0x65, 1, 2, 3])]);
}

function triplesOf(marker: number, pairs: readonly number[]): number[] {
  return pairs.flatMap((byte, at) => (at % 2 === 0 ? [marker, byte, pairs[at + 1] ?? 0] : []));
}

function nal(bytes: readonly number[]): number[] {
  const escaped: number[] = [];
  for (const byte of bytes) {
    if (byte <= 3 && escaped.at(-1) === 0 && escaped.at(-2) === 0) escaped.push(3);
    escaped.push(byte);
  }
  return [0, 0, escaped.length >> 8, escaped.length & 0xff, ...escaped];
}
