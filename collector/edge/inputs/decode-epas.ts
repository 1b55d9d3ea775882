import { type EpasReport, epasEvents } from "../../../domain/inputs/epas-event.ts";
import { sessionViewId } from "../../../domain/inputs/session-view-id.ts";
import type { DecodedRequest } from "../../../domain/wire/decode-request.ts";
import { isRecord } from "../../../domain/wire/peek-event.ts";
import { DecodedEvents, MAX_REPORTS_PER_REQUEST } from "./decoded-events.ts";

/** Clients that go by the answer tell that they are there this often; half a minute of silence is no watching. */
const HEARTBEAT_INTERVAL_MS = 10_000;

/** What the client is told: whose session it is, and whether its event was taken. */
export type EpasReply =
  | { sessionId: string; heartbeatInterval: number }
  | { sessionId: string; valid: boolean; message?: string };

export interface DecodedEpas {
  request: DecodedRequest;
  /** JSON: of one event its own answer, of a list a list. */
  reply: EpasReply | readonly EpasReply[];
}

/**
 * Decodes the EPAS events of one request: usually one, a list where a client gathers them. Never throws: the body is
 * untrusted.
 *
 * @param createSessionId for an `init` that names none
 * @param arrivedAtMs server clock, Unix milliseconds
 */
export function decodeEpasRequest(
  envKey: string,
  body: string,
  createSessionId: () => string,
  arrivedAtMs: number,
): DecodedEpas {
  const decoded = new DecodedEvents();
  const parsed = parseJson(body);
  const reports: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (reports.length > MAX_REPORTS_PER_REQUEST) {
    decoded.reject(envKey, "too_many_events", body);
    return { request: decoded.asRequest(), reply: NOT_TAKEN };
  }
  const replies = reports.map((report) => addReport(decoded, envKey, report, { body, createSessionId, arrivedAtMs }));
  return { request: decoded.asRequest(), reply: Array.isArray(parsed) ? replies : (replies[0] ?? NOT_TAKEN) };
}

const NOT_TAKEN: EpasReply = { sessionId: "", valid: false, message: "not an EPAS event" };

interface Reading {
  body: string;
  createSessionId: () => string;
  arrivedAtMs: number;
}

function addReport(decoded: DecodedEvents, envKey: string, report: unknown, reading: Reading): EpasReply {
  const events = isRecord(report) ? epasEvents(report, reading.arrivedAtMs) : null;
  if (events === null) {
    decoded.reject(envKey, "malformed_epas", reading.body);
    return NOT_TAKEN;
  }
  const isInit = isRecord(report) && report["event"] === "init";
  const sessionId = sessionIdOf(report as EpasReport) ?? (isInit ? reading.createSessionId() : null);
  if (sessionId === null) {
    decoded.reject(envKey, "missing_view_id", reading.body);
    return { ...NOT_TAKEN, message: "no sessionId" };
  }
  decoded.add({ envKey, viewId: sessionViewId("epas", sessionId) }, events);
  return isInit ? { sessionId, heartbeatInterval: HEARTBEAT_INTERVAL_MS } : { sessionId, valid: true };
}

function sessionIdOf({ sessionId }: EpasReport): string | null {
  return typeof sessionId === "string" && sessionId !== "" ? sessionId : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
