import type { Question } from "../../monitoring/queries.ts";
import { type EventScope, eventRows, IS_REQUEST } from "./event-rows.ts";

/** A day of playing with every event but those of requests fits. */
const MAX_EVENTS = 20_000;

/** What a view is understood by comes first, then what happened in it, heartbeats, and what it loaded. */
const RANK_SQL = `multiIf(name IN ('viewstart', 'viewend', 'error'), 0, ${IS_REQUEST}, 3, name = 'hb', 2, 1)`;

/**
 * The events of one view, in the order of the viewer's clock. Where there are more than an answer may hold, requests are
 * left out first, from the last one back; `eventsLeftOut` tells how many. `askEventPage` has them all.
 *
 * Answer: `EventRow`.
 */
export function askEvents(scope: EventScope): Question {
  const orderSql = "viewer_time, sequence";
  return eventRows(scope, { rankSql: RANK_SQL, limit: MAX_EVENTS, afterSequence: -1, orderSql });
}
