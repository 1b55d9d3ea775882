import type { EventRow } from "./event-rows.ts";

/** What an answer of `askEvents` does not tell of its view. */
export interface EventsLeftOut {
  /** Events of any kind. */
  events: number;
  /** Of these, requests. */
  requests: number;
  /** Events that are there, without their long fields. */
  cutDetails: number;
}

/** 0 throughout where everything is there. */
export function eventsLeftOut(rows: readonly EventRow[]): EventsLeftOut {
  const [first] = rows;
  if (first === undefined) return { events: 0, requests: 0, cutDetails: 0 };
  return {
    events: first.total_events - rows.length,
    requests: first.total_requests - rows.filter(({ name }) => name.startsWith("request")).length,
    cutDetails: rows.filter(({ details_cut }) => details_cut === 1).length,
  };
}
