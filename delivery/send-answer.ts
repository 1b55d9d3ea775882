import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { type ByteSpan, requestedRange } from "../domain/playback/requested-range.ts";
import type { Answer, FileAnswer } from "./answers.ts";
import { PlaybackError } from "./playback-error.ts";

/**
 * Sends an answer or the part of it that is asked for, and tells the status. Throws 416 where that part does not exist. The
 * order of conditions is RFC 9110 §13.2.2: `If-None-Match`, then `If-Range`, then `Range`, which only GET knows.
 */
export function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): number {
  const { bytes, sha256 } = answer;
  const head = headOf(request, response, {
    ...answer,
    sha256,
    sizeBytes: bytes.length,
    isWeak: answer.isWeak === true,
  });
  if (head.span === null) {
    response.writeHead(head.status, head.headers).end();
    return head.status;
  }
  response.writeHead(head.status, head.headers);
  response.end(request.method === "HEAD" ? undefined : bytes.subarray(head.span.start, head.span.end));
  return head.status;
}

/**
 * The same for a file, read while it is sent. Rejects when it breaks off: then the connection must not end well.
 *
 * @param onSent called once with the bytes that are with the system, the client's leaving or not; not where there are none
 */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { file, disposition, ...answer }: FileAnswer,
  onSent: (span: ByteSpan) => void,
): Promise<number> {
  const { sha256, sizeBytes } = file;
  const { status, headers, span } = headOf(request, response, { ...answer, sha256, sizeBytes, isWeak: false });
  if (disposition !== null) headers["content-disposition"] = disposition;
  if (span === null || request.method === "HEAD") {
    response.writeHead(status, headers).end();
    return status;
  }
  const body = await file.open(span);
  response.writeHead(status, headers);
  let end = span.start;
  async function* tallied(): AsyncGenerator<Buffer> {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      yield chunk; // goes on when the response has room again: it had none before the chunk was with the system
      end += chunk.length;
    }
  }
  try {
    await pipeline(tallied, response);
  } catch (error) {
    throw hasLeft(error) ? error : new BrokenOff("The stored file could not be read to its end", { cause: error });
  } finally {
    body.destroy(); // where the client left while it was read
    if (end > span.start) onSent({ start: span.start, end });
  }
  return status;
}

/** Ours, not the client's: the answer began and has no end. Its connection is cut, so that it looks like no whole answer. */
export class BrokenOff extends Error {
  override readonly name = "BrokenOff";
}

function hasLeft(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}

interface Described {
  sha256: string;
  sizeBytes: number;
  isWeak: boolean;
  contentType: string;
  cacheControl: string;
}

interface Head {
  status: number;
  headers: Record<string, string | number>;
  /** What is sent; null: nothing, the client has it. */
  span: ByteSpan | null;
}

function headOf(request: IncomingMessage, response: ServerResponse, answer: Described): Head {
  const { sizeBytes, isWeak } = answer;
  const tag = `"${answer.sha256}"`;
  const headers: Record<string, string | number> = {
    etag: isWeak ? `W/${tag}` : tag,
    "cache-control": answer.cacheControl,
  };
  if (matches(request.headers["if-none-match"], tag)) {
    return { status: 304, headers, span: null };
  }
  headers["content-type"] = answer.contentType;
  // parts of equivalent answers do not fit together
  if (!isWeak) headers["accept-ranges"] = "bytes";
  const range = rangeOf(request, answer, tag);
  if (range === "unsatisfiable") {
    response.setHeader("content-range", `bytes */${sizeBytes}`);
    throw new PlaybackError("range_not_satisfiable", [`This has ${sizeBytes} bytes: the range lies behind them`]);
  }
  const status = range === null ? 200 : 206;
  const span = range ?? { start: 0, end: sizeBytes };
  if (range !== null) headers["content-range"] = `bytes ${span.start}-${span.end - 1}/${sizeBytes}`;
  headers["content-length"] = span.end - span.start;
  return { status, headers, span };
}

function rangeOf(request: IncomingMessage, answer: Described, tag: string): ByteSpan | "unsatisfiable" | null {
  if (request.method !== "GET" || answer.isWeak) return null;
  const condition = request.headers["if-range"];
  // RFC 9110 §13.1.5: strong comparison; a date is no tag of ours, and nothing here has a date
  if (condition !== undefined && condition !== tag) return null;
  return requestedRange(request.headers.range, answer.sizeBytes);
}

/** RFC 9110 §13.1.2: a list, or `*`; weak comparison. */
function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((part) => [tag, `W/${tag}`, "*"].includes(part.trim()));
}
