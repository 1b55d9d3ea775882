import { Lru } from "../../platform/memory/lru.ts";

/** Sustained requests per second, and how many may come at once after a pause. */
export interface Rate {
  perSecond: number;
  burst: number;
}

export interface Take {
  isAllowed: boolean;
  /** Whole requests left just now. */
  remaining: number;
  /** Seconds until one more is allowed; 0 when one is. */
  retryAfterSeconds: number;
  /** Seconds until the whole burst is there again. */
  resetSeconds: number;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Buckets that are kept, about 200 bytes each: anybody's address may be a key. What is let go begins anew. */
const MAX_BUCKETS = 100_000;

/** A token bucket for each key. */
export class TokenBuckets {
  readonly #rate: Rate;
  readonly #buckets = new Lru<Bucket>({ maxWeight: MAX_BUCKETS });

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  take(key: string, nowMs: number): Take {
    const { perSecond, burst } = this.#rate;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, filledAtMs: nowMs };
    const elapsedSeconds = Math.max(0, nowMs - bucket.filledAtMs) / 1_000;
    const tokens = Math.min(burst, bucket.tokens + elapsedSeconds * perSecond);
    const isAllowed = tokens >= 1;
    const left = isAllowed ? tokens - 1 : tokens;
    this.#buckets.set(key, { tokens: left, filledAtMs: nowMs });
    return {
      isAllowed,
      remaining: Math.floor(left),
      retryAfterSeconds: left >= 1 ? 0 : (1 - left) / perSecond,
      resetSeconds: (burst - left) / perSecond,
    };
  }
}
