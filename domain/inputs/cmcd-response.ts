import { bitsPerSecond } from "./bits-per-second.ts";
import { sessionFields } from "./cmcd-fields.ts";
import { type CmcdReport, numberOf, numberOfType, textOf } from "./cmcd-report.ts";
import type { InputEvent, InputFields } from "./input-event.ts";

/** Kinds of requests as the web SDK names them, by CMCD's object type. */
const REQUEST_TYPES: ReadonlyMap<string, string> = new Map([
  ["m", "manifest"],
  ["a", "audio"],
  ["v", "video"],
  ["av", "media"],
  ["i", "video_init"],
  ["c", "subtitle"],
  ["tt", "subtitle"],
  ["k", "encryption"],
]);

const TRACING_HEADERS = [
  ["cmsd-dynamic", "cmsdd"],
  ["cmsd-static", "cmsds"],
  ["smrt-data", "smrt"],
] as const;

const FIRST_FAILURE = 400;
const HOSTNAME = /^https?:\/\/(?:[^/?#@]*@)?([^/?#:@]{1,255})/i;

/**
 * A response that a player reports (`rr`). `ts` is when the request was begun, so the event lies at its end, where that is
 * known. CMCD tells no size: bytes stay untold. A code of 0 stands for "no response".
 */
export function responseEvent(report: CmcdReport, sequence: number, startedAtMs: number | undefined): InputEvent {
  const code = numberOf(report, "rc");
  const failed = code !== undefined && (code === 0 || code >= FIRST_FAILURE);
  return {
    name: failed ? "requestfailed" : "requestcompleted",
    sequence,
    viewerTimeMs: later(startedAtMs, numberOf(report, "ttlb")) ?? startedAtMs,
    fields: {
      ...sessionFields(report),
      ...requestFields(report, startedAtMs),
      request_error_code: failed ? code : undefined,
    },
    responseHeaders: tracing(report),
  };
}

function requestFields(report: CmcdReport, startedAtMs: number | undefined): InputFields {
  const type = textOf(report, "ot");
  const url = textOf(report, "url");
  const durationMs = numberOf(report, "d");
  return {
    request_type: type === undefined ? undefined : (REQUEST_TYPES.get(type) ?? type),
    request_url: url,
    request_hostname: HOSTNAME.exec(url ?? "")?.[1],
    request_start: startedAtMs,
    request_response_start: later(startedAtMs, numberOf(report, "ttfb")),
    request_response_end: later(startedAtMs, numberOf(report, "ttlb")),
    request_media_duration: durationMs === undefined ? undefined : durationMs / 1_000,
    request_labeled_bitrate: bitsPerSecond(numberOfType(report, "br", [type ?? "", "v", "av", ""])),
  };
}

/** Copies of response headers, Base64 as CMCD sends them. */
function tracing(report: CmcdReport): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [header, key] of TRACING_HEADERS) {
    const value = textOf(report, key);
    if (value !== undefined) headers[header] = value;
  }
  return headers;
}

function later(startedAtMs: number | undefined, elapsedMs: number | undefined): number | undefined {
  if (startedAtMs === undefined || elapsedMs === undefined || elapsedMs < 0) return undefined;
  return startedAtMs + elapsedMs;
}
