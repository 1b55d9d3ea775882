/** Whether `bytes` stand at this place. */
export function hasBytes(head: Uint8Array, at: number, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[at + index] === byte);
}

/** Whether this ASCII text stands at this place. */
export function hasText(head: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (head[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** ADTS (ISO/IEC 13818-7 §6.2): a frame, and where it ends within what is there, a second one. */
export function isAdtsSound(head: Uint8Array, at: number): boolean {
  const length = adtsFrameBytes(head, at);
  return length !== null && (at + length + 7 > head.length || adtsFrameBytes(head, at + length) !== null);
}

function adtsFrameBytes(head: Uint8Array, at: number): number | null {
  const [sync = 0, flags = 0, format = 0, high = 0, middle = 0, low = 0] = head.subarray(at, at + 6);
  if (sync !== 0xff || (flags & 0xf6) !== 0xf0 || ((format >> 2) & 0x0f) > 12) return null;
  const bytes = ((high & 0x03) << 11) | (middle << 3) | (low >> 5);
  return bytes >= 7 ? bytes : null;
}

/** kbit/s by version (1; 2 and 2.5) and layer (II, III): ISO/IEC 11172-3 §2.4.2.3, 13818-3 §2.4.2.3. Index 0 and 15 are not used. */
const BITRATES: Record<string, readonly number[]> = {
  "1-2": [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  "1-3": [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  "2-2": [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  "2-3": [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const SAMPLE_RATES = [44_100, 48_000, 32_000] as const;
/** Version bits of the header: 3 is MPEG-1, 2 is MPEG-2 (half the rates), 0 is MPEG-2.5 (a quarter). */
const RATE_DIVISORS: Record<number, number> = { 3: 1, 2: 2, 0: 4 };

/** MPEG audio of layer II or III: two frames in a row, or one that fills what is there. */
export function isMpegSound(head: Uint8Array, at: number): boolean {
  const length = mpegFrameBytes(head, at);
  return length !== null && (at + length + 4 > head.length || mpegFrameBytes(head, at + length) !== null);
}

function mpegFrameBytes(head: Uint8Array, at: number): number | null {
  const [sync = 0, flags = 0, format = 0] = head.subarray(at, at + 3);
  if (sync !== 0xff || (flags & 0xe0) !== 0xe0) return null;
  const divisor = RATE_DIVISORS[(flags >> 3) & 0x03];
  const layer = 4 - ((flags >> 1) & 0x03);
  const kilobits = BITRATES[`${divisor === 1 ? 1 : 2}-${layer}`]?.[(format >> 4) - 1];
  const fullRate = SAMPLE_RATES[(format >> 2) & 0x03];
  if (divisor === undefined || kilobits === undefined || fullRate === undefined) return null;
  const samples = layer === 3 && divisor > 1 ? 576 : 1152;
  return Math.floor(((samples / 8) * kilobits * 1000 * divisor) / fullRate) + ((format >> 1) & 0x01);
}
