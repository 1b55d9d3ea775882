import type { BeaconRecord } from "../../../domain/messages/beacon-record.ts";
import { decodeEvent } from "../../../domain/wire/decode-events.ts";
import { encodeKey } from "../../../domain/wire/decode-key.ts";
import { isRecord } from "../../../domain/wire/peek-event.ts";

/** What a fold with a mistake in it would see instead of the records. */
export type Plant = (records: readonly BeaconRecord[]) => BeaconRecord[];

type Raw = Record<string, unknown>;

const NAME = encodeKey("event");
const SEQUENCE = encodeKey("view_sequence_number");

/** Events of these names say nothing. */
export function deaf(...names: readonly string[]): Plant {
  return eachEvent((event) => (names.includes(String(event[NAME])) ? { ...event, [NAME]: "hb" } : event));
}

/** The field is not looked at. */
export function blind(...fields: readonly string[]): Plant {
  const keys = new Set(fields.map(encodeKey));
  return eachEvent((event) => Object.fromEntries(Object.entries(event).filter(([key]) => !keys.has(key))));
}

/** What environments say of error codes is not looked at. */
export const forgetsCategories: Plant = (records) => records.map(({ errorCategories: _, ...record }) => record);

/** A repeat is taken for another event. */
export const countsRepeats: Plant = (records) => {
  const seen = new Set<string>();
  return records.map((record) => ({
    ...record,
    events: record.events.map((event) => {
      if (!isRecord(event)) return event;
      const key = `${record.viewId} ${String(event[SEQUENCE])}`;
      if (!seen.has(key)) {
        seen.add(key);
        return event;
      }
      return { ...event, [SEQUENCE]: Number(event[SEQUENCE]) + 100_000 };
    }),
  }));
};

/** Events are taken in the order in which they arrive. */
export const trustsArrival: Plant = (records) => {
  const seen = new Map<string, Map<unknown, number>>();
  return records.map((record) => ({
    ...record,
    events: record.events.map((event) => {
      if (!isRecord(event)) return event;
      const numbers = seen.get(record.viewId) ?? new Map<unknown, number>();
      seen.set(record.viewId, numbers);
      if (!numbers.has(event[SEQUENCE])) numbers.set(event[SEQUENCE], numbers.size + 1);
      return { ...event, [SEQUENCE]: numbers.get(event[SEQUENCE]) };
    }),
  }));
};

/** The client's clock is believed. */
export const trustsClocks: Plant = (records) => records.map((record) => ({ ...record, transmittedAtMs: null }));

/** What comes after a view is final still counts: as if it had come just before. */
export const takesLate: Plant = (records) => {
  const last = new Map<string, number>();
  const moved = records.map((record) => {
    const beforeMs = last.get(record.viewId) ?? record.arrivedAtMs;
    const arrivedAtMs = Math.min(record.arrivedAtMs, beforeMs + 200_000);
    last.set(record.viewId, arrivedAtMs);
    return { ...record, arrivedAtMs };
  });
  return moved.sort((one, other) => one.arrivedAtMs - other.arrivedAtMs);
};

/** The wait of a seek in which the player also reports a stall is no seek. */
export const stallsBeforeSeeks: Plant = (records) => {
  const stalled = seeksWithStalls(records);
  return records.map((record) => ({
    ...record,
    events: record.events.map((event) =>
      isRecord(event) && stalled.has(`${record.viewId} ${String(event[SEQUENCE])}`)
        ? { ...event, [NAME]: "hb" }
        : event,
    ),
  }));
};

function seeksWithStalls(records: readonly BeaconRecord[]): Set<string> {
  const found = new Set<string>();
  for (const [viewId, ofView] of Map.groupBy(records, (record) => record.viewId)) {
    const events = ofView
      .flatMap(({ events: raw }) => raw.map(decodeEvent))
      .flatMap((decoded) => (decoded.kind === "accepted" ? [decoded.event] : []))
      .sort((one, other) => one.sequence - other.sequence);
    for (const [at, { name, sequence }] of events.entries()) {
      if (name === "seeking" && events[at + 1]?.name === "rebufferstart") found.add(`${viewId} ${sequence}`);
    }
  }
  return found;
}

function eachEvent(change: (event: Raw) => Raw): Plant {
  return (records) =>
    records.map((record) => ({
      ...record,
      events: record.events.map((event) => (isRecord(event) ? change(event) : event)),
    }));
}
