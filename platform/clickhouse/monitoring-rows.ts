import { z } from "zod";

/** Sums of beats, of which every monitoring metric is made (domain/monitoring/measures.ts). */
export const SumsRow = z.object({
  concurrent_viewers: z.number(),
  starting_up_viewers: z.number(),
  watched_ms: z.number(),
  rebuffered_ms: z.number(),
  start_attempts: z.number(),
  startup_failures: z.number(),
  exits_before_start: z.number(),
  playback_failures: z.number(),
  bitrate_sum: z.number(),
  bitrate_viewers: z.number(),
  started: z.number(),
  startup_median_ms: z.number().nullable(),
  startup_p95_ms: z.number().nullable(),
});

/** Answer of `askBuckets`. */
export const BucketRow = SumsRow.extend({ start_ms: z.number() });
