import { type EpasReport, epasEvents } from "../../../domain/inputs/epas-event.ts";
import { sessionViewId } from "../../../domain/inputs/session-view-id.ts";
import { REJECTION_REASONS, type RejectionReason } from "../../../domain/messages/rejection-reasons.ts";
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
  /**
   * JSON: of one event its own answer, of a list a list.
   *
   * @param refused why none of it can be taken after all, as when nobody has the key; null where it was
   */
  replyTo(refused: RejectionReason | null): EpasReply | readonly EpasReply[];
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
    return { request: decoded.asRequest(), replyTo: () => notTaken("", "too_many_events") };
  }
  const replies = reports.map((report) => addReport(decoded, envKey, report, { body, createSessionId, arrivedAtMs }));
  const replyTo = (refused: RejectionReason | null) => {
    const all = refused === null ? replies : replies.map((reply) => refusedReply(reply, refused));
    return Array.isArray(parsed) ? all : (all[0] ?? notTaken("", "malformed_epas"));
  };
  return { request: decoded.asRequest(), replyTo };
}

function notTaken(sessionId: string, reason: RejectionReason): EpasReply {
  return { sessionId, valid: false, message: REJECTION_REASONS[reason].wrong };
}

/** What was wrong with an event by itself stays what is told of it. */
function refusedReply(reply: EpasReply, refused: RejectionReason): EpasReply {
  return "valid" in reply && !reply.valid ? reply : notTaken(reply.sessionId, refused);
}

interface Reading {
  body: string;
  createSessionId: () => string;
  arrivedAtMs: number;
}

function addReport(decoded: DecodedEvents, envKey: string, report: unknown, reading: Reading): EpasReply {
  const events = isRecord(report) ? epasEvents(report, reading.arrivedAtMs) : null;
  if (events === null) {
    decoded.reject(envKey, "malformed_epas", reportText(report, reading.body));
    return notTaken("", "malformed_epas");
  }
  const isInit = isRecord(report) && report["event"] === "init";
  const sessionId = sessionIdOf(report as EpasReport) ?? (isInit ? reading.createSessionId() : null);
  if (sessionId === null) {
    decoded.reject(envKey, "missing_view_id", reportText(report, reading.body));
    return { sessionId: "", valid: false, message: "no sessionId" };
  }
  const refused = decoded.add({ envKey, viewId: sessionViewId("epas", sessionId) }, events);
  if (refused !== null) return notTaken(sessionId, refused);
  return isInit ? { sessionId, heartbeatInterval: HEARTBEAT_INTERVAL_MS } : { sessionId, valid: true };
}

/** The one bad event of a list; the body as it came where it is no JSON, or nested too deep to be written again. */
function reportText(report: unknown, body: string): string {
  try {
    return JSON.stringify(report) ?? body;
  } catch {
    return body;
  }
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
