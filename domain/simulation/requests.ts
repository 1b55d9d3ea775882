import { requestHostname, segmentUrl } from "./metadata.ts";
import { clientTime, emit, type Page, type RequestSums, type Watcher } from "./page.ts";
import { setFields } from "./report.ts";

/** Media seconds per segment. */
export const SEGMENT_SECONDS = 6;
const PLAYLIST_BYTES = 900;

export function noRequests(): RequestSums {
  return { count: 0, failed: 0, bytes: 0, durationMs: 0, latencyMs: 0, maxLatencyMs: 0, minThroughput: 0 };
}

/** A playlist has arrived. */
export function reportPlaylist(watcher: Watcher, atMs: number): void {
  const latencyMs = Math.round(watcher.dice.random.logNormal(60, 0.5));
  setFields(watcher.page.report, { request_type: "manifest", request_event_type: "hlsManifestLoaded" });
  reportLoaded(watcher, atMs, latencyMs, 8, PLAYLIST_BYTES, "application/vnd.apple.mpegurl");
  emit(watcher, "requestcompleted", atMs);
}

/** A media segment has arrived; the first one of a view tells by which CDN. */
export function reportSegment(watcher: Watcher, atMs: number, latencyMs?: number): void {
  const { page, dice } = watcher;
  const { course, report, requests } = page;
  const bytes = Math.round((course.rendition.bitrate * SEGMENT_SECONDS * dice.random.between(0.8, 1.1)) / 8);
  setFields(report, {
    request_type: "media",
    request_event_type: "hlsFragLoaded",
    request_id: `req-${dice.random.hex(8)}`,
    request_media_duration: SEGMENT_SECONDS,
    request_video_width: course.rendition.widthPx,
    request_video_height: course.rendition.heightPx,
    request_labeled_bitrate: course.rendition.bitrate,
    request_url: segmentUrl(course.title, course.rendition.heightPx, requests.count),
  });
  const firstByteMs = latencyMs ?? Math.round(dice.random.logNormal(70, 0.5));
  reportLoaded(watcher, atMs, firstByteMs, dice.random.integer(120, 900), bytes, "video/mp4");
  if (report.state.get("video_cdn") !== course.cdn.name) {
    setFields(report, { video_cdn: course.cdn.name });
    course.cdnTold = true;
    emit(watcher, "cdnchange", atMs);
  }
  emit(watcher, "requestcompleted", atMs);
}

/** A request that failed; what it was about is what the last one was about. */
export function reportFailedRequest(watcher: Watcher, atMs: number, error: string, status: number): void {
  const { page } = watcher;
  page.requests.count += 1;
  page.requests.failed += 1;
  setFields(page.report, {
    request_hostname: requestHostname(),
    request_error: error,
    request_error_code: status,
    request_error_text: status === 404 ? "Not Found" : "Service Unavailable",
    view_request_count: page.requests.count,
    view_request_failed_count: page.requests.failed,
  });
  emit(watcher, "requestfailed", atMs);
}

function reportLoaded(
  watcher: Watcher,
  atMs: number,
  latencyMs: number,
  transferMs: number,
  bytes: number,
  contentType: string,
): void {
  const { page } = watcher;
  const endMs = clientTime(watcher, atMs) - 2;
  const firstByteMs = endMs - transferMs;
  setFields(page.report, {
    request_start: firstByteMs - latencyMs,
    request_response_start: firstByteMs,
    request_response_end: endMs,
    request_bytes_loaded: bytes,
    request_hostname: requestHostname(),
    ...addRequest(page, latencyMs, transferMs, bytes),
  });
  page.report.nested.set("request_response_headers", { "content-type": contentType, "x-cdn": page.course.cdn.name });
}

/** Averages and extremes over the player's requests: bit/s and milliseconds. */
function addRequest({ requests }: Page, latencyMs: number, transferMs: number, bytes: number) {
  const throughput = (bytes * 8_000) / transferMs;
  requests.count += 1;
  requests.bytes += bytes;
  requests.durationMs += transferMs;
  requests.latencyMs += latencyMs;
  requests.maxLatencyMs = Math.max(requests.maxLatencyMs, latencyMs);
  requests.minThroughput = requests.minThroughput === 0 ? throughput : Math.min(requests.minThroughput, throughput);
  return {
    view_request_count: requests.count,
    view_average_request_latency: requests.latencyMs / (requests.count - requests.failed),
    view_max_request_latency: requests.maxLatencyMs,
    view_average_request_throughput: (requests.bytes * 8_000) / requests.durationMs,
    view_min_request_throughput: requests.minThroughput,
  };
}
