/** A field's or a box's bytes, big-endian. The numbers' writers throw RangeError for what does not fit: nothing wraps. */
export function u16(...values: readonly number[]): Uint8Array {
  return bigEndian(2, values, 0, 2 ** 16);
}

export function u32(...values: readonly number[]): Uint8Array {
  return bigEndian(4, values, 0, 2 ** 32);
}

export function i32(...values: readonly number[]): Uint8Array {
  return bigEndian(4, values, -(2 ** 31), 2 ** 31);
}

export function u64(...values: readonly number[]): Uint8Array {
  return bigEndian(8, values, 0, 2 ** 53);
}

/** Any number of values: as arguments some hundred thousand would not fit the stack. */
export function u32s(values: readonly number[]): Uint8Array {
  return bigEndian(4, values, 0, 2 ** 32);
}

export function u64s(values: readonly number[]): Uint8Array {
  return bigEndian(8, values, 0, 2 ** 53);
}

/** Four-character codes, one after the other. */
export function fourCC(...codes: readonly string[]): Uint8Array {
  return ascii(codes.join(""));
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function utf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text.toWellFormed());
  return ascii(escaped.replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))));
}

export function box(type: string, ...body: readonly Uint8Array[]): Uint8Array {
  const sizeBytes = body.reduce((sum, part) => sum + part.length, 8);
  return concat(u32(sizeBytes), fourCC(type), ...body);
}

/** A box with version and flags (ISO/IEC 14496-12 §4.2.2). */
export function fullBox(type: string, version: number, flags: number, ...body: readonly Uint8Array[]): Uint8Array {
  return box(type, u32(version * 2 ** 24 + flags), ...body);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function bigEndian(bytes: 2 | 4 | 8, values: readonly number[], min: number, end: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * bytes));
  for (const [index, value] of values.entries()) {
    if (!Number.isInteger(value) || value < min || value >= end) throw new RangeError(`${value} does not fit`);
    const at = index * bytes;
    if (bytes === 2) view.setUint16(at, value);
    else if (bytes === 8) view.setBigUint64(at, BigInt(value));
    else view.setInt32(at, value);
  }
  return new Uint8Array(view.buffer);
}
