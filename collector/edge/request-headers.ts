import type { IncomingMessage } from "node:http";
import type { SampledRequest } from "./rejected-log.ts";

/** Header values and paths are kept up to this length, in UTF-16 code units. */
export const MAX_HEADER_LENGTH = 1_024;
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;
/** Others than the user agent and the referrer. */
const MAX_SHORT_LENGTH = 255;

/**
 * A sample that scripts/replay-rejected.ts sends again. Believed from this machine alone; behind a proxy on it, who says so
 * hides the samples of their own requests, and no count.
 */
export function isReplay({ headers, socket }: IncomingMessage): boolean {
  return headers["x-playhead-replay"] === "1" && LOOPBACK.test(socket.remoteAddress ?? "");
}

export function headerOf(value: string | undefined, maxLength: number): string {
  return (value ?? "").slice(0, maxLength);
}

/** What is kept of a request that is not taken; enough to send its body again. */
export function sampledRequest(
  { headers, url }: IncomingMessage,
  known: Pick<SampledRequest, "address" | "userAgent" | "referrer">,
  isPacked: boolean,
): SampledRequest {
  return {
    ...known,
    host: headerOf(headers.host, MAX_SHORT_LENGTH),
    path: headerOf(url, MAX_HEADER_LENGTH),
    contentType: headerOf(headers["content-type"], MAX_SHORT_LENGTH),
    contentEncoding: isPacked ? headerOf(headers["content-encoding"], MAX_SHORT_LENGTH) : "",
  };
}
