const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 4 * 3_600_000;
/** An endpoint that is down is tried for so long; then the delivery has failed. */
export const RETRIED_FOR_MS = 3 * 24 * 3_600_000;
/** Up to so much longer, by chance: what failed together does not come again together. */
const JITTER_RATIO = 0.2;

/**
 * How long to wait before a delivery is tried again, in milliseconds; null when that would be later than three days after its
 * first attempt was due.
 *
 * @param attempts that failed, at least 1
 * @param elapsedMs since the first one was due
 * @param random 0 to below 1
 */
export function retryDelayMs(attempts: number, elapsedMs: number, random: number): number | null {
  const delayMs = plainDelayMs(attempts) * (1 + JITTER_RATIO * random);
  return elapsedMs + delayMs > RETRIED_FOR_MS ? null : delayMs;
}

function plainDelayMs(attempts: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (attempts - 1), LONGEST_DELAY_MS);
}

/** The most attempts that three days hold: where each fails at once and chance adds nothing. */
export const MAX_ATTEMPTS = countAttempts();

function countAttempts(): number {
  let attempts = 1;
  for (let elapsedMs = plainDelayMs(1); elapsedMs <= RETRIED_FOR_MS; elapsedMs += plainDelayMs(attempts)) attempts += 1;
  return attempts;
}
