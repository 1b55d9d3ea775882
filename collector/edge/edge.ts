import type { IncomingMessage, ServerResponse } from "node:http";
import type { Cidr } from "../../domain/network/client-address.ts";
import { decodeRequest } from "../../domain/wire/decode-request.ts";
import { LogUnavailableError } from "../../platform/eventlog/eventlog.ts";
import type { CountryLookup } from "../../platform/geo/country.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { BeaconLog, RequestFacts } from "./beacon-log.ts";
import type { EdgeMetrics } from "./edge-metrics.ts";
import type { EnvironmentDirectory } from "./environments.ts";
import { type BodyOutcome, readBody } from "./request-body.ts";
import { hostEnvKey, type RoutedEvents, routeEvents } from "./route-events.ts";
import { createViewerNetworks } from "./viewer-network.ts";

export interface EdgeDeps {
  beaconLog: BeaconLog;
  environments: EnvironmentDirectory;
  countryOf: CountryLookup;
  trustedProxies: readonly Cidr[];
  metrics: EdgeMetrics;
  log: Logger;
}

/** Header values are kept up to this length, in UTF-16 code units. */
const MAX_HEADER_LENGTH = 1_024;

/**
 * The beacon endpoint (data-wire.md §1–2): any path, any content type. POST answers 200 when all of the request is
 * durable, and 503 when the log cannot be written; nothing else, since SDKs send again for ever on anything but 2xx.
 * GET answers 200, the check of a custom domain. A body over 4 MiB closes the connection.
 */
export function createEdge(deps: EdgeDeps): (request: IncomingMessage, response: ServerResponse) => void {
  const handling = { ...deps, networkOf: createViewerNetworks(deps.trustedProxies, deps.countryOf) };
  return (request, response) => {
    answer(handling, request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return deps.metrics.aborted(); // the client left in mid-body
      deps.log.error({ err: error }, "beacon request failed");
      deps.metrics.answered(503);
      send(response, 503, "unavailable\n");
    });
  };
}

type WholeBody = Extract<BodyOutcome, { kind: "body" }>;
type ReadBody = Exclude<BodyOutcome, { kind: "too_large" }>;

interface Handling extends EdgeDeps {
  networkOf: ReturnType<typeof createViewerNetworks>;
}

async function answer(deps: Handling, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST") return greet(request, response);
  if (!deps.environments.ready()) {
    deps.metrics.answered(503); // nobody could be told from a stranger yet
    return send(response, 503, "starting\n");
  }
  const { socket } = request; // gone from the request once its stream is destroyed
  const kept = await readBody(request).then((body) => (body.kind === "too_large" ? null : keep(deps, request, body)));
  if (kept === null) {
    deps.metrics.tooLarge();
    socket.destroy();
    return;
  }
  try {
    await kept.durable;
  } catch (error) {
    if (!(error instanceof LogUnavailableError)) throw error;
    deps.log.warn({ err: error }, "log does not take records");
    deps.metrics.answered(503);
    return send(response, 503, "unavailable\n");
  }
  kept.count();
  deps.metrics.answered(200);
  send(response, 200, "ok\n");
}

/**
 * Hands all that a request said to the log. In a function of its own, so that the waiting request does not hold the
 * parsed events while the disk works.
 */
function keep(deps: Handling, request: IncomingMessage, body: ReadBody): { durable: Promise<unknown>; count(): void } {
  const routed = body.kind === "body" ? routeBody(deps, request, body) : unreadable();
  const durable = deps.beaconLog.append(routed.events, { ...routed.sent, ...requestFacts(deps, request) });
  return { durable, count: deps.metrics.routed(routed.events) };
}

/** CORS-simple requests need one header; a preflight, which these clients never send, is answered politely. */
function greet(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === "OPTIONS") {
    const asked = request.headers["access-control-request-headers"] ?? "content-type";
    response.setHeader("access-control-allow-methods", "POST, GET, OPTIONS");
    response.setHeader("access-control-allow-headers", asked);
    response.setHeader("access-control-max-age", "86400");
  }
  send(response, 200, "ok\n");
}

interface RoutedBody {
  events: RoutedEvents;
  sent: Pick<RequestFacts, "transmittedAtMs" | "body">;
}

function routeBody(deps: EdgeDeps, request: IncomingMessage, { text, bytes }: WholeBody): RoutedBody {
  const decoded = decodeRequest(text);
  if (decoded.kind === "rejected") {
    const rejected: RoutedEvents["rejected"] = new Map([[decoded.reason, { count: 1, first: text }]]);
    return { events: { views: [], rejected }, sent: { transmittedAtMs: null, body: null } };
  }
  const hostLabel = hostEnvKey(request.headers.host);
  const events = routeEvents(decoded.events, hostLabel, deps.environments.find);
  return { events, sent: { transmittedAtMs: decoded.transmissionTimestampMs, body: bytes } };
}

function unreadable(): RoutedBody {
  const rejected: RoutedEvents["rejected"] = new Map([["unreadable_body", { count: 1, first: "" }]]);
  return { events: { views: [], rejected }, sent: { transmittedAtMs: null, body: null } };
}

function requestFacts(
  { networkOf }: Handling,
  request: IncomingMessage,
): Omit<RequestFacts, "transmittedAtMs" | "body"> {
  const forwardedFor = request.headers["x-forwarded-for"];
  return {
    ...networkOf(
      request.socket.remoteAddress ?? "",
      Array.isArray(forwardedFor) ? forwardedFor.join(",") : forwardedFor,
    ),
    userAgent: (request.headers["user-agent"] ?? "").slice(0, MAX_HEADER_LENGTH),
    referrer: (request.headers.referer ?? "").slice(0, MAX_HEADER_LENGTH),
  };
}

function send(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    "access-control-allow-origin": "*",
    "cache-control": "no-store",
    "content-type": "text/plain",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
