import type { FieldValue } from "../wire/decode-events.ts";
import type { RawEvent, RawView } from "./raw-view.ts";

/** An event that counts, at the client time it is taken for. */
export interface TimedEvent {
  name: string;
  sequence: number;
  fields: Readonly<Record<string, FieldValue>>;
  nested: Readonly<Record<string, unknown>>;
  category?: RawEvent["category"];
  /** Client clock, Unix milliseconds. */
  atMs: number;
  /** The same, however long the view would then have lasted. */
  claimedMs: number;
}

/** The events of a view that count, once each, in the order in which the client made them. */
export interface SettledView {
  events: readonly TimedEvent[];
  /** Server clock minus client clock. */
  offsetMs: number;
  firstSeenMs: number;
  /** When an event last came that had not come before. */
  lastSeenMs: number;
  ended: boolean;
}

/** Time without a new event after which a view is over (data-api.md §11), and after which one is that said `viewend` (docs/schema.md). */
const FINAL_AFTER_MS = 60 * 60_000;
const ENDED_FINAL_AFTER_MS = 5 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const SECOND_MS = 1_000;

/** Takes what came until the view was final, each event once: the copy that came first. */
export function settle(view: RawView): SettledView {
  const inTime = untilFinal(view.events.toSorted((one, other) => one.arrivedAtMs - other.arrivedAtMs));
  const byNumber = new Map<number, TimedEvent>();
  const firstSeenMs = inTime[0]?.arrivedAtMs ?? 0;
  let lastSeenMs = firstSeenMs;
  for (const event of inTime) {
    if (byNumber.has(event.sequence)) continue;
    lastSeenMs = event.arrivedAtMs;
    const { name, sequence, fields, nested = {}, category } = event;
    const claimedMs = clientTime(event);
    byNumber.set(sequence, { name, sequence, fields, nested, category, atMs: claimedMs, claimedMs });
  }
  const events = inPossibleTime([...byNumber.values()], lastSeenMs - firstSeenMs);
  events.sort((one, other) => one.sequence - other.sequence);
  return {
    events,
    offsetMs: Math.min(...inTime.map((event) => event.arrivedAtMs - (event.transmittedAtMs ?? clientTime(event)))),
    firstSeenMs,
    lastSeenMs,
    ended: events.some(({ name }) => name === "viewend"),
  };
}

/**
 * Nothing is told more than a day after it happened, so a view has not lasted longer than one heard of it, and a day. A clock
 * that leaps further makes years of it: what lies too far back is taken for as far back as can be.
 */
function inPossibleTime(events: readonly TimedEvent[], heardOfMs: number): TimedEvent[] {
  const earliestMs = Math.max(...events.map(({ atMs }) => atMs)) - heardOfMs - DAY_MS - SECOND_MS;
  return events.map((event) => ({ ...event, atMs: Math.max(event.atMs, earliestMs) }));
}

/** How long a view waits for more. */
export function patienceMs(ended: boolean): number {
  return ended ? ENDED_FINAL_AFTER_MS : FINAL_AFTER_MS;
}

function untilFinal(arrivals: readonly RawEvent[]): RawEvent[] {
  if (arrivals.some(({ late }) => late !== undefined)) return arrivals.filter(({ late }) => late !== true);
  const inTime: RawEvent[] = [];
  const numbers = new Set<number>();
  let ended = false;
  let lastNewMs = Number.POSITIVE_INFINITY;
  for (const event of arrivals) {
    if (event.arrivedAtMs - lastNewMs >= patienceMs(ended)) break;
    inTime.push(event);
    if (numbers.has(event.sequence)) continue; // whoever only repeats has nothing more to tell
    numbers.add(event.sequence);
    lastNewMs = event.arrivedAtMs;
    if (event.name === "viewend") ended = true;
  }
  return inTime;
}

/**
 * `viewer_time`, unless it cannot be: nothing is told before it happens nor a day after. Then the time of sending stands
 * for it, and that of arrival where even this is not told.
 */
function clientTime({ fields, arrivedAtMs, transmittedAtMs }: RawEvent): number {
  const told = fields["viewer_time"];
  const sentMs = transmittedAtMs ?? arrivedAtMs;
  if (typeof told !== "number" || !Number.isFinite(told)) return sentMs;
  const newestMs = sentMs + (transmittedAtMs === null ? DAY_MS : SECOND_MS); // other clock, other slack
  return told <= newestMs && told >= sentMs - DAY_MS ? told : sentMs;
}
