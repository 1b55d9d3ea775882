import { cutText } from "../cut-text.ts";
import type { BeaconEvent, FieldValue } from "../wire/decode-events.ts";
import { mostBelieved } from "./believed.ts";
import type { ViewState } from "./view-state.ts";

/** Longest name of a CDN that is kept, in UTF-16 code units. */
export const MAX_CDN_LENGTH = 256;

/** Types of requests whose CDN is the stream's: segments that hold pictures (as the web SDK looks at). */
const SEGMENT_TYPES: ReadonlySet<unknown> = new Set(["media", "video"]);

/** What is beyond was not measured: sums of thousands of requests stay below 2^53, where whole numbers are exact. */
const MAX_REQUEST_BYTES = 2 ** 40;
const MAX_REQUEST_MS = 24 * 3_600_000;
/** bit/s. More came from a cache, faster than the clock's grain. */
const MAX_THROUGHPUT = mostBelieved("view_average_request_throughput");

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
  const told = wholeNumber(fields["request_bytes_loaded"]) ?? 0;
  const bytes = told <= MAX_REQUEST_BYTES ? told : 0;
  const start = wholeNumber(fields["request_start"]);
  const firstByte = wholeNumber(fields["request_response_start"]);
  const end = wholeNumber(fields["request_response_end"]);
  requests.bytes += bytes;
  const latencyMs = durationMs(start, firstByte);
  if (latencyMs !== null) {
    requests.latencyCount += 1;
    requests.latencySumMs += latencyMs;
    requests.latencyMaxMs = Math.max(requests.latencyMaxMs, latencyMs);
  }
  const loadMs = durationMs(firstByte ?? start, end) ?? 0;
  if (loadMs === 0 || bytes === 0) return; // from a cache, or untimed
  if ((bytes * 8_000) / loadMs > MAX_THROUGHPUT) return;
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
  view.segmentCdn = [event.sequence, cutText(cdn, MAX_CDN_LENGTH)];
}

/** Null where an end is not told, or both cannot be true. */
function durationMs(from: number | null, to: number | null): number | null {
  if (from === null || to === null || to < from || to - from > MAX_REQUEST_MS) return null;
  return to - from;
}

function wholeNumber(value: FieldValue | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.round(value) : null;
}
