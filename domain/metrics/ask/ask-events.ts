import type { EnvironmentId } from "../../identifiers.ts";
import type { Question } from "../../monitoring/queries.ts";
import { SETTINGS } from "./scope-clause.ts";

/** Answer of {@link askEvents}, in the order of the viewer's clock. */
export interface EventRow {
  sequence: number;
  /** 1: it came after the view was final, and so counts nowhere in it. */
  late: number;
  name: string;
  /** Arrival, log time; Unix milliseconds. */
  server_time_ms: number;
  /** Client clock when its request was sent, Unix milliseconds; null where the client does not tell. */
  sent_time_ms: number | null;
  /** Client clock, as sent. */
  viewer_time_ms: number;
  playhead_ms: number;
  /** JSON object of all fields that the event carried. */
  details: string;
}

/** No client sends more in a view's life; what is beyond stays in the store. */
const MAX_EVENTS = 20_000;

/**
 * The events of one view, each once; of one that counted a late repeat is not told. `firstSeenMs` of its row tells the
 * partition.
 */
export function askEvents(environmentId: EnvironmentId, viewId: string, firstSeenMs: number): Question {
  return {
    sql: `
SELECT
  sequence,
  late,
  name,
  toFloat64(toUnixTimestamp64Milli(server_time)) AS server_time_ms,
  toFloat64(toUnixTimestamp64Milli(sent_time)) AS sent_time_ms,
  toFloat64(toUnixTimestamp64Milli(viewer_time)) AS viewer_time_ms,
  toFloat64(events.playhead_ms) AS playhead_ms,
  details
FROM (
  SELECT * FROM events FINAL
  WHERE environment_id = {environmentId: UInt32} AND view_id = {viewId: String}
    AND view_first_seen = fromUnixTimestamp64Milli({firstSeenMs: Int64}, 'UTC')
  ORDER BY sequence, late
  LIMIT 1 BY sequence
) AS events
ORDER BY viewer_time, sequence
LIMIT ${MAX_EVENTS}
${SETTINGS}`,
    params: { environmentId, viewId, firstSeenMs },
  };
}
