import type { Question } from "./queries.ts";

/** Answer of {@link askStoredUntil}: one row, or none where nothing was ever stored. */
export interface StoredUntilRow {
  as_of_ms: number;
}

/**
 * Log time up to which everything is stored, Unix milliseconds. Of all environments: what one of them may know of the others
 * is that the collector works.
 */
export function askStoredUntil(): Question {
  return {
    sql: `
SELECT toFloat64(toUnixTimestamp64Milli(max(as_of))) AS as_of_ms
FROM stored_until
WHERE topic = {topic: String}
HAVING count() > 0`,
    params: { topic: "beacons" },
  };
}
