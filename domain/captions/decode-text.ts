import { decodeUtf8 } from "../decode-utf8.ts";
import { CaptionsError } from "./captions-error.ts";

/** Bytes that are looked at to tell UTF-16 without a mark from the rest: the times at a file's begin are enough. */
const LOOKED_AT = 2_048;
const UNITS_AT_ONCE = 8_192;

/**
 * Windows-1252 from 0x80 to 0x9f (WHATWG Encoding, index windows-1252); a blank stands where it has no character. The rest is
 * Latin-1.
 */
const WINDOWS_1252 = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/**
 * The text of a file whose encoding nobody tells: by its byte order mark, else UTF-16 where every second byte is zero, else
 * UTF-8 where the bytes are valid UTF-8, else Windows-1252. Other encodings cannot be told from bytes; what has bytes that
 * Windows-1252 lacks is refused. U+0000 becomes U+FFFD (WebVTT §4.1). Throws CaptionsError.
 */
export function decodeText(bytes: Uint8Array): string {
  return decode(bytes).replaceAll("\0", "\ufffd");
}

function decode(bytes: Uint8Array): string {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return decodeUtf16(bytes.subarray(2), true);
  if (first === 0xfe && second === 0xff) return decodeUtf16(bytes.subarray(2), false);
  const hasMark = first === 0xef && second === 0xbb && third === 0xbf;
  const zeros = placeOfZeros(bytes);
  if (!hasMark && zeros !== null) return decodeUtf16(bytes, zeros === "odd");
  const text = decodeUtf8(hasMark ? bytes.subarray(3) : bytes);
  if (text !== null) return text;
  if (hasMark) throw new CaptionsError(null, "The file says that it is UTF-8 and is not: save it as UTF-8 again.");
  return decodeWindows1252(bytes);
}

/** Digits, colons and line ends have one zero byte each in UTF-16: behind in the little-endian kind, before in the other. */
function placeOfZeros(bytes: Uint8Array): "even" | "odd" | null {
  const length = Math.min(bytes.length, LOOKED_AT);
  const zeros = [0, 0];
  for (let at = 0; at < length; at += 1) if (bytes[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (Math.max(even, odd) < length / 8) return null;
  return odd > even ? "odd" : "even";
}

function decodeUtf16(bytes: Uint8Array, isLittleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return toText(bytes.length >> 1, (at) => view.getUint16(2 * at, isLittleEndian)).toWellFormed();
}

function decodeWindows1252(bytes: Uint8Array): string {
  return toText(bytes.length, (at) => {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80 || byte > 0x9f) return byte;
    const unit = WINDOWS_1252.charCodeAt(byte - 0x80);
    if (unit !== 0x20) return unit;
    throw new CaptionsError(null, "The file's encoding is none of UTF-8, UTF-16 and Windows-1252: save it as UTF-8.");
  });
}

function toText(length: number, unitAt: (at: number) => number): string {
  const parts: string[] = [];
  for (let from = 0; from < length; from += UNITS_AT_ONCE) {
    const units = new Array<number>(Math.min(UNITS_AT_ONCE, length - from));
    for (let at = 0; at < units.length; at += 1) units[at] = unitAt(from + at);
    parts.push(String.fromCharCode(...units));
  }
  return parts.join("");
}
