const UNITS_AT_ONCE = 8_192;

/** Null where the bytes are not valid UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). */
export function decodeUtf8(bytes: Uint8Array): string | null {
  const parts: string[] = [];
  let points: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return null;
    points.push(pointAt(bytes, at, length));
    at += length;
    if (points.length === UNITS_AT_ONCE) {
      parts.push(String.fromCodePoint(...points));
      points = [];
    }
  }
  parts.push(String.fromCodePoint(...points));
  return parts.join("");
}

/** Bytes of the sequence that begins at `at`, 1 to 4; 0 where none can begin there. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  for (let byte = 1; byte < length; byte += 1) {
    const { low, high } = byte === 1 ? secondBytes(lead) : ANY;
    const value = bytes[at + byte] ?? 0;
    if (value < low || value > high) return 0;
  }
  return length;
}

const ANY = { low: 0x80, high: 0xbf };

/** RFC 3629 §4. */
function secondBytes(lead: number): { low: number; high: number } {
  if (lead === 0xe0) return { low: 0xa0, high: 0xbf };
  if (lead === 0xed) return { low: 0x80, high: 0x9f };
  if (lead === 0xf0) return { low: 0x90, high: 0xbf };
  if (lead === 0xf4) return { low: 0x80, high: 0x8f };
  return ANY;
}

function pointAt(bytes: Uint8Array, at: number, length: number): number {
  const lead = bytes[at] ?? 0;
  let point = length === 1 ? lead : lead & (0x7f >> length);
  for (let byte = 1; byte < length; byte += 1) point = (point << 6) | ((bytes[at + byte] ?? 0) & 0x3f);
  return point;
}
