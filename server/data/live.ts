import { type ZodType, z } from "zod";
import { LIVE_REACH_MS, type LiveClock } from "../../domain/data-api/live-range.ts";
import { ApiError } from "../../domain/errors.ts";
import type { Question } from "../../domain/monitoring/queries.ts";
import type { Services } from "../http/services.ts";
import type { Analytics } from "./analytics.ts";
import { asOfMs, storedUpTo } from "./as-of.ts";

/** As long as `as_of` is the same. */
const KEEP_MS = 1_000;
const RETRY_SECONDS = 5;

/** What answers about the present tell of themselves, beside the reference. */
export const Freshness = z.object({
  as_of: z.iso
    .datetime()
    .describe("Everything that arrived before this moment is counted. It stands still while something is down"),
  delay_ms: z.number().describe("How long ago that is, in milliseconds"),
});

/**
 * Now, and up to when everything is stored; ask for it before asking for what it is told of.
 *
 * @throws ApiError `unavailable` where nothing is stored of the time that live numbers are about: they are not 0 then
 */
export async function liveClock({ analytics, now }: Pick<Services, "analytics" | "now">): Promise<LiveClock> {
  const known = await asOfMs(analytics);
  const nowMs = now();
  if (known === null || known < nowMs - LIVE_REACH_MS)
    throw new ApiError("unavailable", [`Nothing is stored of the last 24 hours: ${sinceWhen(known)}`], {
      retryAfterSeconds: RETRY_SECONDS,
    });
  return { nowMs, asOfMs: known };
}

function sinceWhen(ms: number | null): string {
  return ms === null
    ? "the collector has not run yet"
    : `the collector stands still since ${new Date(ms).toISOString()}`;
}

/** Rows as they are at `clock.asOfMs` or later. Whoever asks the same at the same `as_of` shares them. */
export function askLive<T>(
  analytics: Analytics,
  question: Question,
  { row, name, clock }: { row: ZodType<T>; name: string; clock: LiveClock },
): Promise<readonly T[]> {
  return storedUpTo(analytics, clock.asOfMs).ask(question, row, { name, keepMs: KEEP_MS });
}

export function freshnessOf({ nowMs, asOfMs: storedMs }: LiveClock): z.output<typeof Freshness> {
  return { as_of: new Date(storedMs).toISOString(), delay_ms: Math.max(0, nowMs - storedMs) };
}
