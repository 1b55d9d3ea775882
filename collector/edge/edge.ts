import type { IncomingMessage, ServerResponse } from "node:http";
import type { Cidr } from "../../domain/network/client-address.ts";
import { decodeRequest, type PeekedEvent } from "../../domain/wire/decode-request.ts";
import { LogUnavailableError } from "../../platform/eventlog/eventlog.ts";
import type { Places } from "../../platform/geo/places.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { BeaconLog, RequestFacts } from "./beacon-log.ts";
import type { EdgeMetrics } from "./edge-metrics.ts";
import type { EnvironmentDirectory } from "./environments.ts";
import type { PlaybackOwners } from "./playback-owners.ts";
import { type BodyOutcome, readBody } from "./request-body.ts";
import { hostEnvKey, type RoutedEvents, refusal, routeEvents, type Whereabouts } from "./route-events.ts";
import type { ViewSources } from "./view-sources.ts";
import { createViewerNetworks } from "./viewer-network.ts";

export interface EdgeDeps {
  beaconLog: BeaconLog;
  environments: EnvironmentDirectory;
  playbackOwners: PlaybackOwners;
  viewSources: ViewSources;
  places: Pick<Places, "locate" | "isSettled">;
  trustedProxies: readonly Cidr[];
  metrics: EdgeMetrics;
  log: Logger;
}

/** Header values are kept up to this length, in UTF-16 code units. */
const MAX_HEADER_LENGTH = 1_024;
/** Playback ids that one request is worth asking for; players report one or two views at a time. Others count as nobody's. */
const MAX_ASKED_IDS = 64;

/**
 * The beacon endpoint (data-wire.md §1–2): any path, any content type. POST answers 200 when all of the request is
 * durable, and 503 when the log cannot be written; nothing else, since SDKs send again for ever on anything but 2xx.
 * GET answers 200, the check of a custom domain. A body over 4 MiB closes the connection.
 */
export function createEdge(deps: EdgeDeps): (request: IncomingMessage, response: ServerResponse) => void {
  const { environments, playbackOwners, viewSources } = deps;
  const whereabouts: Whereabouts = {
    environmentOf: environments.find,
    ownerOf: playbackOwners.find,
    assetOf: playbackOwners.findAsset,
    sourceOf: viewSources.find,
  };
  const handling = { ...deps, whereabouts, networkOf: createViewerNetworks(deps.trustedProxies, deps.places) };
  return (request, response) => {
    answer(handling, request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return deps.metrics.aborted(); // the client left in mid-body
      deps.log.error({ err: error }, "beacon request failed");
      deps.metrics.answered(503);
      send(response, 503, "unavailable\n");
    });
  };
}

type ReadBody = Exclude<BodyOutcome, { kind: "too_large" }>;

interface Handling extends EdgeDeps {
  whereabouts: Whereabouts;
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
  if (kept === "owner_unknown") return refuse(deps, response);
  try {
    await kept.durable;
  } catch (error) {
    if (!(error instanceof LogUnavailableError)) throw error;
    deps.log.warn({ err: error }, "log does not take records");
    return refuse(deps, response);
  }
  kept.onDurable();
  deps.metrics.answered(200);
  send(response, 200, "ok\n");
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

/** What the client sends again later is not lost. */
function refuse(deps: EdgeDeps, response: ServerResponse): void {
  deps.metrics.answered(503);
  send(response, 503, "unavailable\n");
}

interface Kept {
  durable: Promise<unknown>;
  onDurable(): void;
}

/**
 * Hands all that a request said to the log: at once, unless it has to be asked first who owns what it plays. In functions
 * of their own, so that the waiting request does not hold the parsed events while the disk works.
 */
function keep(
  deps: Handling,
  request: IncomingMessage,
  body: ReadBody,
): Kept | "owner_unknown" | Promise<Kept | "owner_unknown"> {
  if (body.kind !== "body") return append(deps, request, refusal("unreadable_body", ""), NOTHING_SENT);
  const decoded = decodeRequest(body.text);
  if (decoded.kind === "rejected") return append(deps, request, refusal(decoded.reason, body.text), NOTHING_SENT);

  const hostLabel = hostEnvKey(request.headers.host);
  const sent = { transmittedAtMs: decoded.transmissionTimestampMs, body: body.bytes };
  const routed = routeEvents(decoded.events, hostLabel, deps.whereabouts);
  if (routed.unknownIds.size > 0) return keepAsked(deps, request, decoded.events, sent, routed.unknownIds);
  return routed.isBlocked ? "owner_unknown" : append(deps, request, routed, sent);
}

/** Routes again when the owners are known, or cannot be known now: then titles go missing, but no event does. */
async function keepAsked(
  deps: Handling,
  request: IncomingMessage,
  events: readonly PeekedEvent[],
  sent: SentFacts,
  unknownIds: ReadonlySet<string>,
): Promise<Kept | "owner_unknown"> {
  const asked = new Set([...unknownIds].slice(0, MAX_ASKED_IDS));
  await deps.playbackOwners.load([...asked]);
  const { ownerOf } = deps.whereabouts;
  const routed = routeEvents(events, hostEnvKey(request.headers.host), {
    ...deps.whereabouts,
    ownerOf: (playbackId) => (unknownIds.has(playbackId) && !asked.has(playbackId) ? null : ownerOf(playbackId)),
  });
  return routed.isBlocked ? "owner_unknown" : append(deps, request, routed, sent);
}

type SentFacts = Pick<RequestFacts, "transmittedAtMs" | "body">;
const NOTHING_SENT: SentFacts = { transmittedAtMs: null, body: null };

function append(deps: Handling, request: IncomingMessage, routed: RoutedEvents, sent: SentFacts): Kept {
  const durable = deps.beaconLog.append(routed, { ...sent, ...requestFacts(deps, request) });
  const count = deps.metrics.routed(routed);
  const { learned } = routed;
  const onDurable = () => {
    count();
    for (const source of learned) deps.viewSources.remember(source);
  };
  return { durable, onDurable };
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
