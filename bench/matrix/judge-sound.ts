/** Samples a second of what is compared: an eighth of a millisecond each. */
export const COMPARED_RATE = 8_000;
const WINDOW = COMPARED_RATE;
const STEP = COMPARED_RATE / 4;
/** Furthest that a shift is looked for. */
const REACH = COMPARED_RATE / 10;
/** What is softer says nothing: −50 dB of full scale. */
const AUDIBLE = 0.003;
/** Less alike than this is another sound. */
const MIN_LIKENESS = 0.6;
/** Tones without end are nearly as like themselves a wave later: of shifts that fit so well the shortest is meant. */
const AS_LIKE = 0.002;

export interface HeardAt {
  /** In the source, seconds. */
  atSeconds: number;
  /** How much later than in the source it is heard; null where it is not heard at all. */
  offsetMs: number | null;
}

/**
 * Finds a second of the source's sound at its start, middle and end in what is heard, both at {@link COMPARED_RATE} from the
 * first picture on. Empty where the source has nothing to hear.
 */
export function soundOffsets(source: Float32Array, heard: Float32Array): HeardAt[] {
  const window = Math.min(WINDOW, source.length);
  const audible: number[] = [];
  for (let at = 0; at + window <= source.length && window > 0; at += STEP) {
    if (loudness(source, at, window) >= AUDIBLE) audible.push(at);
  }
  const [first, last] = [audible[0], audible.at(-1)];
  if (first === undefined || last === undefined) return [];
  const distance = (at: number): number => Math.abs(at - (first + last) / 2);
  const middle = audible.reduce((best, at) => (distance(at) < distance(best) ? at : best), first);
  return [first, middle, last].map((at) => ({
    atSeconds: at / COMPARED_RATE,
    offsetMs: shiftOf(source.subarray(at, at + window), heard, at),
  }));
}

/** How much later than `at` a piece is heard, in ms; null where nothing within reach is like it. */
function shiftOf(piece: Float32Array, heard: Float32Array, at: number): number | null {
  const likenesses = Array.from({ length: 2 * REACH + 1 }, (_, n) => likeness(piece, heard, at + n - REACH));
  const best = Math.max(...likenesses);
  if (best < MIN_LIKENESS) return null;
  const shifts = likenesses.flatMap((one, n) => (one >= best - AS_LIKE ? [n - REACH] : []));
  const shortest = shifts.reduce((least, shift) => (Math.abs(shift) < Math.abs(least) ? shift : least));
  return (1_000 * shortest) / COMPARED_RATE;
}

/** Normalised correlation, −1..1. What lies outside is silence. */
function likeness(piece: Float32Array, heard: Float32Array, at: number): number {
  let [product, own, other] = [0, 0, 0];
  for (let n = 0; n < piece.length; n += 1) {
    const [wanted, value] = [piece[n] ?? 0, heard[at + n] ?? 0];
    product += wanted * value;
    own += wanted * wanted;
    other += value * value;
  }
  return own === 0 || other === 0 ? 0 : product / Math.sqrt(own * other);
}

/** Root of the mean square. */
function loudness(sound: Float32Array, at: number, length: number): number {
  let sum = 0;
  for (let n = at; n < at + length; n += 1) sum += (sound[n] ?? 0) ** 2;
  return Math.sqrt(sum / length);
}
