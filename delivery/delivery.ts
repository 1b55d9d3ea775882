import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { ByteSpan } from "../domain/playback/requested-range.ts";
import type { Visitor } from "../domain/playback/restriction.ts";
import { deliveredPieces } from "../domain/usage/delivered-file.ts";
import type { DeliveredSegment } from "../domain/usage/delivery-record.ts";
import type { Logger } from "../platform/observability/logger.ts";
import type { FileAnswer, Respond } from "./answers.ts";
import type { DeliveryMetrics, RequestKind } from "./delivery-metrics.ts";
import { PLAYBACK_ERRORS, PlaybackError } from "./playback-error.ts";
import { parseRoute } from "./route.ts";
import { BrokenOff, sendAnswer, sendFile } from "./send-answer.ts";
import type { UsageLog } from "./usage/usage-log.ts";
import { connectionSession, sessionOf } from "./usage/view-session.ts";

export interface DeliveryDeps {
  respond: Respond;
  usage: Pick<UsageLog, "add">;
  metrics: DeliveryMetrics;
  log: Logger;
}

const METHODS = "GET, HEAD, OPTIONS";
const PREFLIGHT_SECONDS = "86400";
/** What scripts of pages may read besides what they always may (Fetch §4.9). */
const EXPOSED = "accept-ranges, content-length, content-range, etag, retry-after, x-request-id";

/** Reason of the signal when a client goes away before its answer. */
class ClientLeft extends Error {}

/**
 * The stream and image hosts over HTTP. Whatever the client says it accepts, it gets what the path names: SDKs send
 * `Accept: application/binary` (reference video-api.md, finding 1).
 */
export function createDelivery(deps: DeliveryDeps): RequestListener {
  return (request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-expose-headers", EXPOSED);
    response.setHeader("x-request-id", randomUUID());
    const exchange: Exchange = { request, response, kind: "unknown" };
    handle(deps, exchange).catch((error: unknown) => fail(deps, exchange, error));
  };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  kind: RequestKind;
}

async function handle(deps: DeliveryDeps, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  if (request.method === "OPTIONS") {
    exchange.kind = "preflight";
    return preflight(deps, exchange);
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", METHODS);
    throw new PlaybackError("method_not_allowed", [`Playback URLs answer ${METHODS}`]);
  }
  const { path, query } = splitUrl(request.url ?? "/");
  const route = parseRoute(path);
  exchange.kind = route.kind;
  const leaving = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) leaving.abort(new ClientLeft());
  });
  const answer = await deps.respond(route, { query, visitor: visitorOf(request) }, leaving.signal);
  if ("file" in answer) {
    const status = await sendFile(request, response, answer, (span) => countParts(deps, exchange, query, answer, span));
    deps.metrics.answered(route.kind, status);
    return;
  }
  const status = sendAnswer(request, response, answer);
  deps.metrics.answered(route.kind, status);
  const isSent = request.method === "GET" && (status === 200 || status === 206);
  if (isSent && answer.delivered) countDelivered(deps, exchange, query, answer.delivered);
}

/** What was sent of a file, also to a client that left. */
function countParts(
  { usage }: DeliveryDeps,
  { request }: Exchange,
  query: URLSearchParams,
  { file, counted }: FileAnswer,
  span: ByteSpan,
): void {
  if (counted === null) return;
  const session = sessionOf(query, request.headers) ?? connectionSession(request);
  const atMs = Date.now();
  for (const piece of deliveredPieces(counted, file.sizeBytes, span)) usage.add({ ...piece, session, atMs });
}

/** Once its last byte is with the system: a client that left has got nothing that counts. */
function countDelivered(
  { usage }: DeliveryDeps,
  { request, response }: Exchange,
  query: URLSearchParams,
  delivered: DeliveredSegment,
): void {
  response.once("finish", () => {
    // without a session nobody knows what it repeats: then it counts by itself
    const session = sessionOf(query, request.headers) ?? `request:${randomUUID()}`;
    usage.add({ ...delivered, session, atMs: Date.now() });
  });
}

function visitorOf({ headers }: IncomingMessage): Visitor {
  const { referer = null, origin = null } = headers;
  return { referrer: referer, origin, userAgent: headers["user-agent"] ?? null };
}

/** Paths are compared as they are: none of ours needs an escape. */
function splitUrl(url: string): { path: string; query: URLSearchParams } {
  const at = url.indexOf("?");
  if (at < 0) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

function preflight({ metrics }: DeliveryDeps, { request, response, kind }: Exchange): void {
  metrics.answered(kind, 204);
  response
    .writeHead(204, {
      "access-control-allow-methods": METHODS,
      "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
      "access-control-max-age": PREFLIGHT_SECONDS,
    })
    .end();
}

function fail({ metrics, log }: DeliveryDeps, { request, response, kind }: Exchange, error: unknown): void {
  if (error instanceof BrokenOff) {
    metrics.answered(kind, "broken");
    log.error({ err: error, kind }, "playback answer broke off");
    return;
  }
  if (response.destroyed || error instanceof ClientLeft) {
    metrics.answered(kind, "left");
    return;
  }
  const known = error instanceof PlaybackError ? error : null;
  const status = known === null ? 500 : PLAYBACK_ERRORS[known.type];
  metrics.answered(kind, status);
  const requestId = response.getHeader("x-request-id");
  if (known === null) log.error({ err: error, requestId, kind }, "playback request failed");
  else if (status === 503) log.warn({ reason: reasonOf(known), requestId, kind }, "playback request not possible now");
  const { type, messages } = known ?? { type: "internal_error", messages: ["This is a fault of ours"] };
  const body = JSON.stringify({ error: { type, messages } });
  if (known !== null && known.retryAfterSeconds !== null) response.setHeader("retry-after", known.retryAfterSeconds);
  response.writeHead(status, {
    "cache-control": "no-store",
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Without stacks: when a transcoder is away, there is one of these for every request. */
function reasonOf({ message, cause }: PlaybackError): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
