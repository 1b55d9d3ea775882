import type { BeaconRecord } from "../messages/beacon-record.ts";
import { decodeEvent } from "../wire/decode-events.ts";
import type { RawEvent, RawView } from "./raw-view.ts";

/** A view with what is told of it beside its events. */
export interface RecordedView extends RawView {
  environmentId: number;
  /** Of the event with the lowest number. */
  country: string;
}

/**
 * Sorts what stands in the log by view. Of an event that came twice both copies are kept.
 *
 * @param records in the order of the log, which is that of arrival
 * @param isBot whether a user agent is a crawler's
 */
export function rawViews(records: readonly BeaconRecord[], isBot: (userAgent: string) => boolean): RecordedView[] {
  const views = new Map<string, { events: RawEvent[]; country: string; userAgent: string; first: number } & Ids>();
  for (const record of records) {
    const { environmentId, viewId, context } = record;
    const key = `${environmentId}/${viewId}`;
    const view = views.get(key) ?? { environmentId, viewId, events: [], country: "", userAgent: "", first: Infinity };
    views.set(key, view);
    for (const raw of record.events) {
      const decoded = decodeEvent(raw);
      if (decoded.kind === "rejected") continue;
      const { name, sequence, fields, nested } = decoded.event;
      const category = record.errorCategories?.[sequence];
      view.events.push({ name, sequence, fields, nested, category, ...arrival(record) });
      if (sequence >= view.first) continue;
      Object.assign(view, { first: sequence, country: context.country, userAgent: context.userAgent });
    }
  }
  return [...views.values()]
    .filter(({ events }) => events.length > 0)
    .map(({ environmentId, viewId, events, country, userAgent }) => {
      return { environmentId, viewId, events, country, bot: isBot(userAgent) };
    });
}

interface Ids {
  environmentId: number;
  viewId: string;
}

function arrival({ arrivedAtMs, transmittedAtMs }: BeaconRecord): Pick<RawEvent, "arrivedAtMs" | "transmittedAtMs"> {
  return { arrivedAtMs, transmittedAtMs };
}
