import type { IncomingMessage } from "node:http";
import type { RejectionReason } from "../../domain/messages/rejection-reasons.ts";
import type { Cidr } from "../../domain/network/client-address.ts";
import { decodeRequest, type PeekedEvent } from "../../domain/wire/decode-request.ts";
import type { Places } from "../../platform/geo/places.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { BeaconLog, RequestFacts } from "./beacon-log.ts";
import type { EdgeMetrics } from "./edge-metrics.ts";
import type { EnvironmentDirectory } from "./environments.ts";
import type { ErrorCategoryDirectory } from "./error-categories.ts";
import { type DecodedInput, type InputReply, matchInput } from "./inputs/match-input.ts";
import { LargeBodies } from "./large-bodies.ts";
import { PendingViews } from "./pending-views.ts";
import type { PlaybackOwners } from "./playback-owners.ts";
import { claimOfText } from "./rejection.ts";
import { RejectionBudget } from "./rejection-budget.ts";
import { type BodyOutcome, type LargeRoom, MAX_BODY_BYTES } from "./request-body.ts";
import { headerOf, isReplay, MAX_HEADER_LENGTH, sampledRequest } from "./request-headers.ts";
import { hostEnvKey, type RoutedEvents, refusal, routeEvents, type Whereabouts } from "./route-events.ts";
import type { ViewSources } from "./view-sources.ts";
import { createViewerNetworks, type ViewerNetwork } from "./viewer-network.ts";

export interface KeepRequestDeps {
  beaconLog: BeaconLog;
  environments: EnvironmentDirectory;
  errorCategories: ErrorCategoryDirectory;
  playbackOwners: PlaybackOwners;
  viewSources: ViewSources;
  places: Pick<Places, "locate" | "isSettled">;
  trustedProxies: readonly Cidr[];
  metrics: EdgeMetrics;
  nowMs: () => number;
  /** Milliseconds since some moment, whatever the clock is set to. */
  elapsedMs: () => number;
  log: Logger;
}

export interface Kept {
  durable: Promise<unknown>;
  /** What is not taken, as `reason=count, …`; "" when all is. */
  rejected: string;
  /** Counts; call once it is durable. */
  onDurable(): void;
  /** What is answered then, where it is more than "ok". */
  reply?: InputReply;
}

/** Playback ids that one request is worth asking for; players report one or two views at a time. Others count as nobody's. */
const MAX_ASKED_IDS = 64;

type ReadBody = Exclude<BodyOutcome, { kind: "too_large" | "limited" }>;
interface SentFacts extends Pick<RequestFacts, "transmittedAtMs" | "body" | "isWhole"> {
  /** `body` is as it was sent, since it could not be unpacked. */
  isPacked: boolean;
  /** Of a request in another format: its body is no beacon. */
  replyTo?: DecodedInput["replyTo"];
}

/** Of a request that nothing is known of but its headers. */
const NOTHING_SENT: SentFacts = { transmittedAtMs: null, body: null, isWhole: false, isPacked: false };

/** Hands all that requests say to the log. */
export class KeepRequest {
  readonly #deps: KeepRequestDeps;
  readonly #networkOf: ReturnType<typeof createViewerNetworks>;
  readonly #budget = new RejectionBudget();
  readonly #largeBodies = new LargeBodies();
  readonly #pending = new PendingViews();
  readonly #whereabouts: Whereabouts;
  readonly #whereaboutsAtOnce: Whereabouts;

  constructor(deps: KeepRequestDeps) {
    const { environments, errorCategories, playbackOwners, viewSources } = deps;
    this.#deps = deps;
    this.#networkOf = createViewerNetworks(deps.trustedProxies, deps.places);
    this.#whereabouts = {
      environmentOf: environments.find,
      ownerOf: playbackOwners.find,
      assetOf: playbackOwners.findAsset,
      sourceOf: viewSources.find,
      categoriesOf: errorCategories.of,
    };
    this.#whereaboutsAtOnce = {
      ...this.#whereabouts,
      sourceOf: (viewId) => viewSources.find(viewId) ?? (this.#pending.has(viewId) ? undefined : null),
    };
  }

  /** True while the sender's network sends too much that is rejected: its requests are not worth reading. */
  isLimited(request: IncomingMessage): boolean {
    return this.#budget.isSpent(this.#networkOfRequest(request).address, this.#deps.elapsedMs());
  }

  roomFor(request: IncomingMessage): LargeRoom {
    let address = ""; // looked up when it is needed: nearly never
    return {
      take: () => {
        address = this.#networkOfRequest(request).address;
        return this.#largeBodies.take(address);
      },
      give: () => this.#largeBodies.give(address),
    };
  }

  /** A request whose body was skipped. */
  limited(request: IncomingMessage): Kept {
    return this.#refuse(request, "rate_limited", NOTHING_SENT);
  }

  /** A request whose connection is about to be closed: nobody waits for its record. */
  tooLarge(request: IncomingMessage, head: Buffer): void {
    const kept = this.#refuse(request, "too_large", { ...NOTHING_SENT, body: head });
    this.#budget.note(this.#networkOfRequest(request).address, MAX_BODY_BYTES, 1, this.#deps.elapsedMs());
    kept.durable.then(kept.onDurable, (error: unknown) => {
      this.#deps.log.warn({ err: error }, "log does not take records");
    });
  }

  /**
   * At once, unless it has to be asked first who owns what it plays. Not an async function: the waiting request must not
   * hold the parsed events while the disk works.
   */
  keep(request: IncomingMessage, body: ReadBody): Kept | Promise<Kept | "owner_unknown"> | "owner_unknown" {
    if (body.kind !== "body") {
      const { bytes, isWhole, isPacked } = body;
      return this.#refuse(request, "unreadable_body", { transmittedAtMs: null, body: bytes, isWhole, isPacked });
    }
    const sent: SentFacts = { transmittedAtMs: null, body: body.bytes, isWhole: true, isPacked: false };
    const input = matchInput(request)?.(body.text, this.#deps.nowMs());
    if (input !== undefined) sent.replyTo = input.replyTo;
    const decoded = input === undefined ? decodeRequest(body.text) : input.request;
    if (decoded.kind === "rejected") return this.#refuse(request, decoded.reason, sent, body.text);

    sent.transmittedAtMs = decoded.transmissionTimestampMs;
    const routed = routeEvents(decoded.events, hostEnvKey(request.headers.host), this.#whereaboutsAtOnce);
    if (routed.unknownIds.size > 0 || routed.isBlocked) return this.#keepAsked(request, decoded.events, sent, routed);
    return this.#append(request, routed, sent);
  }

  /** Routes again when the owners are known, or cannot be known now: then titles go missing, but no event does. */
  async #keepAsked(
    request: IncomingMessage,
    events: readonly PeekedEvent[],
    sent: SentFacts,
    { unknownIds }: RoutedEvents,
  ): Promise<Kept | "owner_unknown"> {
    const viewIds = keylessViews(events);
    const earlier = this.#pending.settled(viewIds);
    const ended = Promise.withResolvers<unknown>();
    this.#pending.add(viewIds, ended.promise);
    try {
      const asked = new Set([...unknownIds].slice(0, MAX_ASKED_IDS));
      await Promise.all([earlier, asked.size > 0 ? this.#deps.playbackOwners.load([...asked]) : null]);
      const { ownerOf } = this.#whereabouts;
      const routed = routeEvents(events, hostEnvKey(request.headers.host), {
        ...this.#whereabouts,
        ownerOf: (playbackId) => (unknownIds.has(playbackId) && !asked.has(playbackId) ? null : ownerOf(playbackId)),
      });
      if (routed.isBlocked) return "owner_unknown";
      const kept = this.#append(request, routed, sent);
      ended.resolve(kept.durable);
      return kept;
    } finally {
      ended.resolve(null);
    }
  }

  #refuse(request: IncomingMessage, reason: RejectionReason, sent: SentFacts, text?: string): Kept {
    const { environmentOf } = this.#whereabouts;
    const hostLabel = hostEnvKey(request.headers.host);
    const ofHost = hostLabel === null ? null : environmentOf(hostLabel);
    const said = text ?? sent.body?.toString("latin1") ?? "";
    return this.#append(request, refusal(reason, claimOfText(said, ofHost, environmentOf)), sent);
  }

  #append(request: IncomingMessage, routed: RoutedEvents, sent: SentFacts): Kept {
    const { beaconLog, metrics, viewSources, elapsedMs } = this.#deps;
    const network = this.#networkOfRequest(request);
    const { learned, received } = routed;
    const facts = requestFacts(request, network, sent);
    if (isReplay(request)) facts.isReplay = true;
    if (sent.replyTo !== undefined && routed.rejected.size === 0) facts.body = null; // only a beacon's bytes go into the log
    const written = beaconLog.append(routed, facts);
    const rejected = routed.rejected.size === 0 ? 0 : received - taken(routed);
    this.#budget.note(network.address, sent.body?.length ?? 0, rejected / Math.max(1, received), elapsedMs());
    const durable = learned.length === 0 ? written : written.then(() => learned.forEach(viewSources.remember));
    const kept: Kept = { durable, rejected: rejectedText(routed), onDurable: metrics.routed(routed) };
    if (sent.replyTo !== undefined) kept.reply = sent.replyTo(refusedInput(routed));
    return kept;
  }

  #networkOfRequest(request: IncomingMessage): ViewerNetwork {
    const forwardedFor = request.headers["x-forwarded-for"];
    return this.#networkOf(
      request.socket.remoteAddress ?? "",
      Array.isArray(forwardedFor) ? forwardedFor.join(",") : forwardedFor,
    );
  }
}

/** Views whose events only what they play can place. */
function keylessViews(events: readonly PeekedEvent[]): Set<string> {
  return new Set(events.flatMap(({ peek }) => (typeof peek === "string" || peek.envKey !== null ? [] : peek.viewId)));
}

function rejectedText({ rejected }: RoutedEvents): string {
  if (rejected.size === 0) return "";
  const byReason = Map.groupBy(rejected.values(), ({ reason }) => reason);
  const counts = [...byReason].map(([reason, of]) => `${reason}=${of.reduce((sum, { count }) => sum + count, 0)}`);
  return counts.join(", ");
}

/** Why nothing of a request in another format was taken, where only the edge's own look could tell; null where some was. */
function refusedInput({ views, rejected }: RoutedEvents): RejectionReason | null {
  if (views.length > 0) return null;
  const reasons = [...rejected.values()].map(({ reason }) => reason);
  return reasons.find((reason) => reason === "unknown_environment") ?? reasons[0] ?? null;
}

function taken({ views }: RoutedEvents): number {
  return views.reduce((sum, { events }) => sum + events.length, 0);
}

function requestFacts(request: IncomingMessage, network: ViewerNetwork, sent: SentFacts): RequestFacts {
  const userAgent = headerOf(request.headers["user-agent"], MAX_HEADER_LENGTH);
  const referrer = headerOf(request.headers.referer, MAX_HEADER_LENGTH);
  const { transmittedAtMs, body, isWhole, isPacked } = sent;
  const describe = () => sampledRequest(request, { address: network.address, userAgent, referrer }, isPacked);
  return { transmittedAtMs, body, isWhole, ...network, userAgent, referrer, describe };
}
