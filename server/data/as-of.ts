import { z } from "zod";
import { askStoredUntil, type StoredUntilRow } from "../../domain/monitoring/ask-stored-until.ts";
import type { Analytics } from "./analytics.ts";

const Row: z.ZodType<StoredUntilRow> = z.object({ as_of_ms: z.number() });

/** As often as the collector tells it. */
const KEEP_MS = 1_000;

/**
 * Log time up to which everything is stored, of all environments, Unix milliseconds; null where nothing ever was. It stands
 * still while the collector or the store is down (docs/decisions/as-of.md). Whoever tells it of an answer asks for it first,
 * and for the answer then. Rejects as `analytics` does.
 */
export async function asOfMs(analytics: Analytics): Promise<number | null> {
  const [row] = await analytics.ask(askStoredUntil(), Row, { name: "stored until", keepMs: KEEP_MS });
  return row?.as_of_ms ?? null;
}

/**
 * The same, for who knows up to when everything is stored: its answers are of then or later. The parameter is no part of the
 * statement; it keeps an answer found for an earlier moment from being given out under a later one.
 */
export function storedUpTo({ ask }: Analytics, storedMs: number): Analytics {
  return {
    ask: ({ sql, params }, row, options) => ask({ sql, params: { ...params, stored_until: storedMs } }, row, options),
  };
}
