import type { IncomingMessage, ServerResponse } from "node:http";
import { type ByteSpan, requestedRange } from "../domain/playback/requested-range.ts";
import type { Answer } from "./answers.ts";
import { PlaybackError } from "./playback-error.ts";

/**
 * Sends an answer or the part of it that is asked for, and tells the status. Throws 416 where that part does not exist. The
 * order of conditions is RFC 9110 §13.2.2: `If-None-Match`, then `If-Range`, then `Range`, which only GET knows.
 */
export function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): number {
  const { bytes } = answer;
  const tag = `"${answer.sha256}"`;
  const headers: Record<string, string | number> = {
    etag: answer.isWeak === true ? `W/${tag}` : tag,
    "cache-control": answer.cacheControl,
  };
  if (matches(request.headers["if-none-match"], tag)) {
    response.writeHead(304, headers).end();
    return 304;
  }
  headers["content-type"] = answer.contentType;
  // parts of equivalent answers do not fit together
  if (answer.isWeak !== true) headers["accept-ranges"] = "bytes";
  const range = rangeOf(request, answer, tag);
  if (range === "unsatisfiable") {
    response.setHeader("content-range", `bytes */${bytes.length}`);
    throw new PlaybackError("range_not_satisfiable", [`This has ${bytes.length} bytes: the range lies behind them`]);
  }
  const status = range === null ? 200 : 206;
  const { start, end } = range ?? { start: 0, end: bytes.length };
  if (range !== null) headers["content-range"] = `bytes ${start}-${end - 1}/${bytes.length}`;
  response.writeHead(status, { ...headers, "content-length": end - start });
  response.end(request.method === "HEAD" ? undefined : bytes.subarray(start, end));
  return status;
}

function rangeOf(request: IncomingMessage, answer: Answer, tag: string): ByteSpan | "unsatisfiable" | null {
  if (request.method !== "GET" || answer.isWeak === true) return null;
  const condition = request.headers["if-range"];
  // RFC 9110 §13.1.5: strong comparison; a date is no tag of ours, and nothing here has a date
  if (condition !== undefined && condition !== tag) return null;
  return requestedRange(request.headers.range, answer.bytes.length);
}

/** RFC 9110 §13.1.2: a list, or `*`; weak comparison. */
function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((part) => [tag, `W/${tag}`, "*"].includes(part.trim()));
}
