/** Largest picture that is decoded, in pixels: 8192 × 4096. A 16,000² image would take 1 GB (reference: jit-notes §11). */
export const MAX_PIXELS = 33_554_432;
/** Largest single allocation: a 4:4:4 picture of 16 bits of that size; also the index of 12 hours. */
const MAX_ALLOC_BYTES = 256 * 1024 * 1024;

/**
 * Options before an input that hold ffmpeg and ffprobe back by themselves.
 *
 * @param protocols that may be opened, comma-separated
 */
export function guards(protocols: string): string[] {
  const [pixels, bytes] = [String(MAX_PIXELS), String(MAX_ALLOC_BYTES)];
  return ["-max_alloc", bytes, "-protocol_whitelist", protocols, "-max_pixels", pixels];
}
