import { bucketOf } from "../../domain/monitoring/beat.ts";
import { BUCKET_MS } from "../../domain/monitoring/socket-wire.ts";

/** Nearer to a bucket's end it is a matter of the network whether a view counts in it. */
const CLOSE_MS = 400;

/** What has been watched, for comparison with what the store says. */
export class Truth {
  readonly #spans: [startMs: number, endMs: number][] = [];

  get views(): number {
    return this.#spans.length;
  }

  /** @param endMs of the wish to play and of `viewend`, client clock, which is the server's here */
  add(startMs: number, endMs: number): void {
    this.#spans.push([startMs, endMs]);
  }

  /** Views that are watched at the end of each bucket, oldest first. */
  concurrent(): { bucketMs: number; least: number; most: number }[] {
    const buckets = new Map<number, { least: number; most: number }>();
    for (const [startMs, endMs] of this.#spans) {
      for (let atMs = bucketOf(startMs - CLOSE_MS) + BUCKET_MS; atMs <= endMs + CLOSE_MS; atMs += BUCKET_MS) {
        const bucket = buckets.get(atMs - BUCKET_MS) ?? { least: 0, most: 0 };
        bucket.most += 1;
        if (atMs > startMs + CLOSE_MS && atMs < endMs - CLOSE_MS) bucket.least += 1;
        buckets.set(atMs - BUCKET_MS, bucket);
      }
    }
    return [...buckets].sort(([a], [b]) => a - b).map(([bucketMs, counts]) => ({ bucketMs, ...counts }));
  }
}

/**
 * The moment itself, or, too near to a bucket's end for everybody to agree, one that is far enough from the next: by `chance`,
 * uniform in [0, 1), since all at once nobody comes.
 */
export function awayFromBucketEnd(atMs: number, chance: number): number {
  const within = atMs - bucketOf(atMs);
  if (within >= MARGIN_MS && within <= BUCKET_MS - MARGIN_MS) return atMs;
  const next = within < MARGIN_MS ? bucketOf(atMs) : bucketOf(atMs) + BUCKET_MS;
  return next + MARGIN_MS + Math.floor(chance * (BUCKET_MS - 2 * MARGIN_MS));
}

const MARGIN_MS = 1_000;
