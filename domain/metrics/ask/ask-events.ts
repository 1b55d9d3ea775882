import type { EnvironmentId } from "../../identifiers.ts";
import type { Question } from "../../monitoring/queries.ts";
import { SETTINGS } from "./scope-clause.ts";

/** Answer of {@link askEvents}, in the order of the viewer's clock. */
export interface EventRow {
  sequence: number;
  name: string;
  /** Arrival, log time; Unix milliseconds. */
  server_time_ms: number;
  /** Client clock, as sent. */
  viewer_time_ms: number;
  playhead_ms: number;
  /** JSON object of all fields that the event carried. */
  details: string;
}

/** No client sends more in a view's life; what is beyond stays in the store. */
const MAX_EVENTS = 20_000;

/** The events of one view, each once. `firstSeenMs` of its row tells the partition. */
export function askEvents(environmentId: EnvironmentId, viewId: string, firstSeenMs: number): Question {
  return {
    sql: `
SELECT
  sequence,
  name,
  toFloat64(toUnixTimestamp64Milli(server_time)) AS server_time_ms,
  toFloat64(toUnixTimestamp64Milli(viewer_time)) AS viewer_time_ms,
  toFloat64(events.playhead_ms) AS playhead_ms,
  details
FROM events FINAL
WHERE environment_id = {environmentId: UInt32} AND view_id = {viewId: String}
  AND view_first_seen = fromUnixTimestamp64Milli({firstSeenMs: Int64}, 'UTC')
ORDER BY viewer_time, sequence
LIMIT ${MAX_EVENTS}
${SETTINGS}`,
    params: { environmentId, viewId, firstSeenMs },
  };
}
