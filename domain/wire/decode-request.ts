import { type EventPeek, isRecord, peekEvent, type RejectReason } from "./peek-event.ts";
import { RequestViews } from "./request-views.ts";

/** An event as it was sent, with what is needed to route it, or why it is not taken. */
export interface PeekedEvent {
  raw: unknown;
  peek: EventPeek | RejectReason;
}

export type DecodedRequest =
  | {
      kind: "accepted";
      /** `metadata.transmission_timestamp`: client clock at sending, Unix milliseconds. Roku sends none. */
      transmissionTimestampMs: number | null;
      /** How long the client's previous POST took. */
      rttMs: number | null;
      events: readonly PeekedEvent[];
    }
  | { kind: "rejected"; reason: RejectReason };

/** The web SDK's queue holds 3,600 events and sends 300 at a time; others may send all they have. */
export const MAX_EVENTS_PER_REQUEST = 3_600;
/** Largest time value of ECMAScript, in Unix milliseconds. */
const MAX_TIME_MS = 8.64e15;
const MAX_RTT_MS = 86_400_000;

/**
 * Reads one request, text or parsed JSON. Never throws: the body is untrusted. One bad event does not spoil the
 * others: each says for itself whether it is taken.
 */
export function decodeRequest(body: unknown): DecodedRequest {
  const value = typeof body === "string" ? parseJson(body) : body;
  if (value === undefined) return { kind: "rejected", reason: "not_json" };
  if (!isRecord(value)) return { kind: "rejected", reason: "not_a_beacon" };
  const { events, metadata } = value;
  if (!Array.isArray(events)) return { kind: "rejected", reason: "not_a_beacon" };
  if (events.length > MAX_EVENTS_PER_REQUEST) return { kind: "rejected", reason: "too_many_events" };

  const views = new RequestViews();
  const { transmission_timestamp: sentAt, rtt_ms: rtt } = isRecord(metadata) ? metadata : {};
  return {
    kind: "accepted",
    transmissionTimestampMs: numberWithin(sentAt, MAX_TIME_MS),
    rttMs: numberWithin(rtt, MAX_RTT_MS),
    events: events.map((raw: unknown) => ({ raw, peek: peekAmong(views, raw) })),
  };
}

function peekAmong(views: RequestViews, raw: unknown): EventPeek | RejectReason {
  const peek = peekEvent(raw);
  return typeof peek === "string" || views.admit(peek.viewId) ? peek : "too_many_views";
}

/** Undefined when it is not JSON; JSON itself has no such value. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

function numberWithin(value: unknown, max: number): number | null {
  return typeof value === "number" && value >= 0 && value <= max ? value : null;
}
