import type { EventRow } from "../metrics/ask/event-rows.ts";
import { eventDetails } from "./event-details.ts";
import { storedCategory } from "./stored-category.ts";

/** An event of a view as the API tells it (data-api.md §6.2). */
export interface EventWire {
  name: string;
  /** Client clock, Unix milliseconds. */
  viewer_time: number;
  /** Playhead, milliseconds. */
  playback_time: number;
  /** Arrival, Unix milliseconds. */
  event_time: number;
  details: Record<string, unknown>;
  /** It came after the view was final, and counts nowhere in it; ours. */
  late?: true;
}

/** The timeline; heartbeats are not shown. */
export function timelineToWire(rows: readonly EventRow[]): EventWire[] {
  return rows.filter(({ name }) => name !== "hb").map(toWire);
}

function toWire(row: EventRow): EventWire {
  const { name, late, server_time_ms, viewer_time_ms, playhead_ms } = row;
  const fields = JSON.parse(row.details) as Record<string, unknown>; // written by the sink, cut by the store as JSON
  const event = {
    name,
    viewer_time: viewer_time_ms,
    playback_time: playhead_ms,
    event_time: server_time_ms,
    details: eventDetails(name, fields, storedCategory(row)),
  };
  return late === 1 ? { ...event, late: true } : event;
}
