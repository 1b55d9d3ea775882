import { cmcdEvents } from "../../../domain/inputs/cmcd-event.ts";
import { type CmcdReport, numberOf, textOf } from "../../../domain/inputs/cmcd-report.ts";
import { requestEvents } from "../../../domain/inputs/cmcd-request.ts";
import type { InputEvent } from "../../../domain/inputs/input-event.ts";
import { sessionViewId } from "../../../domain/inputs/session-view-id.ts";
import type { DecodedRequest } from "../../../domain/wire/decode-request.ts";
import { DecodedEvents, MAX_REPORTS_PER_REQUEST } from "./decoded-events.ts";
import { parseCmcd, reportOf } from "./parse-cmcd.ts";

/**
 * Longest body, in UTF-16 code units: a thousand reports as players send them. Reading structured fields takes 0.3 µs a
 * character at worst, and nothing else is done meanwhile.
 */
const MAX_BODY_LENGTH = 524_288;

/** One report as it came, and as it was read: null where it is none. */
interface Line {
  text: string;
  report: CmcdReport | null;
}

/**
 * Decodes the CMCD reports of one request. Never throws: all of it is untrusted. One bad report does not spoil the others.
 *
 * @param body lines of event mode (`application/cmcd`), or the same as JSON; "" where the request had none
 * @param carried reports outside the body: the query's, or the headers'
 * @param arrivedAtMs server clock, Unix milliseconds
 */
export function decodeCmcdRequest(
  envKey: string,
  body: string,
  carried: readonly string[],
  arrivedAtMs: number,
): DecodedRequest {
  const decoded = new DecodedEvents();
  const lines = body.length > MAX_BODY_LENGTH ? null : [...carried.map(readLine), ...linesOf(body)];
  if (lines === null || lines.length > MAX_REPORTS_PER_REQUEST) {
    decoded.reject(envKey, "too_many_events", body);
    return decoded.asRequest();
  }
  for (const line of lines) addLine(decoded, envKey, line, arrivedAtMs);
  return decoded.asRequest();
}

function addLine(decoded: DecodedEvents, envKey: string, { text, report }: Line, arrivedAtMs: number): void {
  const sessionId = report === null ? undefined : textOf(report, "sid");
  const events = report === null ? null : eventsOf(report, text, arrivedAtMs);
  if (events === null) decoded.reject(envKey, "malformed_cmcd", text);
  else if (sessionId === undefined) decoded.reject(envKey, "missing_view_id", text);
  else decoded.add({ envKey, viewId: sessionViewId("cmcd", sessionId) }, events);
}

/** Version 2 says so; what has an event or a time of its own is that too. */
function eventsOf(report: CmcdReport, text: string, arrivedAtMs: number): InputEvent[] | null {
  const isOfEvent = (numberOf(report, "v") ?? 1) >= 2 || report.has("e") || report.has("ts");
  return isOfEvent ? cmcdEvents(report, text, arrivedAtMs) : requestEvents(report, arrivedAtMs);
}

function linesOf(body: string): Line[] {
  const text = body.trim();
  const whole = /^[[{]/.test(text) ? jsonLines(text) : null;
  if (whole !== null) return whole;
  return text
    .split("\n", MAX_REPORTS_PER_REQUEST + 1)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(readLine);
}

function readLine(text: string): Line {
  return { text, report: parseCmcd(text) };
}

/** A JSON object or a list of them; null where the body as a whole is no JSON, as when each line is an object. */
function jsonLines(text: string): Line[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  const reports: unknown[] = Array.isArray(parsed) ? parsed.slice(0, MAX_REPORTS_PER_REQUEST + 1) : [parsed];
  return reports.map((report) => ({ text: stableText(report), report: reportOf(report) }));
}

/** By it a report without a number is known again. What is nested too deep to be written has none. */
function stableText(report: unknown): string {
  try {
    return JSON.stringify(report) ?? "";
  } catch {
    return "";
  }
}
