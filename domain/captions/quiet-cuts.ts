/** Samples per second of sound that a recogniser listens to. */
export const SPEECH_RATE = 16_000;

/**
 * Pieces of speech are at most this long: the recogniser cuts what is longer itself, in the middle of words. No shorter than the
 * other: what was said before helps it.
 */
const MAX_PIECE = 9.5 * SPEECH_RATE;
const MIN_PIECE = 4 * SPEECH_RATE;
/** How long it has to be quiet for a cut: a pause between words has 100 to 300 ms. */
const STEP = 0.02 * SPEECH_RATE;
const STEPS_OF_QUIET = 10;

/**
 * Cuts sound into pieces where it is quietest. Gives their ends in samples, rising; what lies behind the last is too short to be
 * cut well and belongs to what follows.
 *
 * @param sound mono, {@link SPEECH_RATE}
 * @param isEnd nothing follows: the last piece ends with the sound
 */
export function quietCuts(sound: Int16Array, isEnd: boolean): number[] {
  const loudness = stepLoudness(sound);
  const cuts: number[] = [];
  let start = 0;
  while (sound.length - start > MAX_PIECE) {
    start = quietest(loudness, start + MIN_PIECE, start + MAX_PIECE);
    cuts.push(start);
  }
  if (isEnd && start < sound.length) cuts.push(sound.length);
  return cuts;
}

/** Sum of squares of each whole step. */
function stepLoudness(sound: Int16Array): Float64Array {
  const steps = new Float64Array(Math.floor(sound.length / STEP));
  for (let at = 0; at < steps.length * STEP; at += 1) {
    const step = Math.floor(at / STEP);
    steps[step] = (steps[step] ?? 0) + (sound[at] ?? 0) ** 2;
  }
  return steps;
}

/** The middle of the quietest moment in [from, to), in samples. */
function quietest(loudness: Float64Array, from: number, to: number): number {
  const last = Math.floor(to / STEP) - STEPS_OF_QUIET;
  let best = { first: Math.ceil(from / STEP), sum: Number.POSITIVE_INFINITY };
  for (let first = best.first; first <= last; first += 1) {
    const sum = loudness.subarray(first, first + STEPS_OF_QUIET).reduce((total, one) => total + one, 0);
    if (sum < best.sum) best = { first, sum };
  }
  return (best.first + STEPS_OF_QUIET / 2) * STEP;
}
