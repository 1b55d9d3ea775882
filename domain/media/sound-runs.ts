import type { AudioRendition } from "./plan.ts";

/** Segments [first, end) of an encoded sound that one encoder makes. */
export interface SoundRun {
  first: number;
  end: number;
}

/** A player waits for the first run. 8 s of stereo are encoded in a quarter of a second. */
const FIRST_RUN_SECONDS = 8;
/** Longer ones save little: what is encoded twice, and starting, are a tenth of this. */
const RUN_SECONDS = 30;

/**
 * The run that makes a segment. Runs begin at the same places whoever asks for what: so all bytes are the same, whichever
 * segment was asked for first.
 */
export function soundRun(rendition: Pick<AudioRendition, "boundaries" | "timescale">, segment: number): SoundRun {
  const { boundaries, timescale } = rendition;
  let first = 0;
  for (let end = 1; end < boundaries.length; end += 1) {
    const seconds = ((boundaries[end] ?? 0) - (boundaries[first] ?? 0)) / timescale;
    const isLong = seconds >= (first === 0 ? FIRST_RUN_SECONDS : RUN_SECONDS);
    if (!isLong && end < boundaries.length - 1) continue;
    if (segment < end) return { first, end };
    first = end;
  }
  throw new RangeError(`there is no segment ${segment}`);
}
