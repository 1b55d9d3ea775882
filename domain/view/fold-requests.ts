import type { BeaconEvent, FieldValue } from "../wire/decode-events.ts";
import type { ViewState } from "./view-state.ts";

/** Longest name of a CDN that is kept, in UTF-16 code units. */
export const MAX_CDN_LENGTH = 256;

/** Types of requests whose CDN is the stream's: segments that hold pictures (as the web SDK looks at). */
const SEGMENT_TYPES: ReadonlySet<unknown> = new Set(["media", "video"]);

/** Folds one `request*` event. All that is added up is whole, so that the order of adding cannot show. */
export function foldRequest(view: ViewState, event: BeaconEvent): void {
  const { requests } = view;
  if (event.name === "requestfailed") requests.failed += 1;
  else if (event.name === "requestcanceled") requests.canceled += 1;
  else if (event.name === "requestcompleted") {
    requests.completed += 1;
    foldTimes(view, event);
    foldSegmentCdn(view, event);
  }
}

function foldTimes({ requests }: ViewState, { fields }: BeaconEvent): void {
  const bytes = wholeNumber(fields["request_bytes_loaded"]) ?? 0;
  const start = wholeNumber(fields["request_start"]);
  const firstByte = wholeNumber(fields["request_response_start"]);
  const end = wholeNumber(fields["request_response_end"]);
  requests.bytes += bytes;
  if (start !== null && firstByte !== null && firstByte >= start) {
    requests.latencyCount += 1;
    requests.latencySumMs += firstByte - start;
    requests.latencyMaxMs = Math.max(requests.latencyMaxMs, firstByte - start);
  }
  const loadMs = (end ?? 0) - (firstByte ?? start ?? Number.POSITIVE_INFINITY);
  if (loadMs <= 0 || bytes === 0) return; // from a cache, or untimed
  requests.loadedBytes += bytes;
  requests.loadMs += loadMs;
}

function foldSegmentCdn(view: ViewState, event: BeaconEvent): void {
  if (!SEGMENT_TYPES.has(event.fields["request_type"])) return;
  const headers = event.nested["request_response_headers"];
  if (typeof headers !== "object" || headers === null) return;
  const cdn = (headers as Record<string, unknown>)["x-cdn"];
  if (typeof cdn !== "string" || cdn === "") return;
  if (view.segmentCdn !== null && view.segmentCdn[0] > event.sequence) return;
  view.segmentCdn = [event.sequence, cdn.slice(0, MAX_CDN_LENGTH).toWellFormed()];
}

function wholeNumber(value: FieldValue | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.round(value) : null;
}
