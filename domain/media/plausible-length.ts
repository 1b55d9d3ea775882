/** Where streams begin, in seconds of the file's own time; null where that is not told. */
interface StartFacts {
  video: { startSeconds: number | null } | null;
  sounds: readonly { startSeconds: number | null }[];
  durationSeconds: number | null;
}

/** Below this there is neither picture nor sound worth the name: the thinnest speech codec takes 600 bytes a second. */
const LEAST_BYTES_PER_SECOND = 32;
/** Of a file whose true length turns out to be another than it says. */
const LEAST_BYTES_PER_UNTOLD_SECOND = 1_000;
/** Stills are long and small: a title card of some seconds, a slide show of minutes. */
const ALWAYS_PLAUSIBLE_SECONDS = 600;
/** Headers are wrong by some factor where they were guessed from a bitrate, as in MP3. */
const MAX_FACTOR = 4;
const SPARE_SECONDS = 120;

/** Whether so many bytes can be a film of that length. A file of some kilobytes may say that it lasts for days. */
export function isPlausibleLength(seconds: number, sizeBytes: number): boolean {
  return seconds <= Math.max(ALWAYS_PLAUSIBLE_SECONDS, sizeBytes / LEAST_BYTES_PER_SECOND);
}

/**
 * Length at which making a standard source is given up, in seconds: some files go on for days after their end, because a
 * picture has an absurd time, and every second of it would be filled.
 *
 * @param toldSeconds what the file says of itself; null where it says nothing
 */
export function mostOutputSeconds(sizeBytes: number, toldSeconds: number | null): number {
  if (toldSeconds === null) return Math.max(ALWAYS_PLAUSIBLE_SECONDS, sizeBytes / LEAST_BYTES_PER_SECOND);
  return Math.max(SPARE_SECONDS + MAX_FACTOR * toldSeconds, sizeBytes / LEAST_BYTES_PER_UNTOLD_SECOND);
}

/**
 * Whether no stream begins so long after the first one that making a standard source would be given up before: the seconds between
 * would be filled with pictures and silence.
 */
export function areStartsPlausible({ video, sounds, durationSeconds }: StartFacts, sizeBytes: number): boolean {
  const starts = [video, ...sounds].flatMap((stream) => stream?.startSeconds ?? []);
  if (starts.length < 2) return true;
  return Math.max(...starts) - Math.min(...starts) <= mostOutputSeconds(sizeBytes, durationSeconds);
}
