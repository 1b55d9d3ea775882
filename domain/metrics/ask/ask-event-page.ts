import type { Question } from "../../monitoring/queries.ts";
import { type EventScope, eventRows } from "./event-rows.ts";
import { uint32 } from "./uint32.ts";

export interface EventPage {
  /** Of the last event of the page before; null for the first page. */
  afterSequence: number | null;
  /** A page holds at most so many, and fewer where their details are long; there are more events unless it is empty. */
  limit: number;
}

/**
 * All events of one view in the order in which the client sent them, page by page. Answer: `EventRow`.
 *
 * @throws RangeError for numbers that 32 bits do not hold
 */
export function askEventPage(scope: EventScope, { afterSequence, limit }: EventPage): Question {
  return eventRows(scope, {
    rankSql: "0",
    limit: uint32("limit", limit, 1),
    afterSequence: afterSequence === null ? -1 : uint32("sequence", afterSequence),
    orderSql: "sequence",
  });
}
