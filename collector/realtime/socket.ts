import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Server, type Socket } from "socket.io";
import type {
  AckWire,
  ClientToServer,
  EndedWire,
  ServerToClient,
  SocketErrorType,
} from "../../domain/monitoring/socket-wire.ts";
import { type Listener, listen } from "../../platform/http/listen.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import { type SocketGrant, verifySocketToken } from "../../platform/tokens/socket-token.ts";
import { parseSubscribe } from "./parse-subscribe.ts";
import type { Publisher } from "./publisher.ts";
import { Quota } from "./quota.ts";

const MAX_MESSAGE_BYTES = 64 * 1_024;
const MAX_SUBSCRIPTIONS = 8;
/** Tabs and wall displays of one person. */
const MAX_CONNECTIONS_PER_PERSON = 20;
const MAX_SUBSCRIPTIONS_PER_PERSON = 40;
/** Messages waiting to be written to one client before it counts as not keeping up. */
const MAX_UNSENT = 8;
const SCOPE = "monitoring:read";
/** For the last word to be written before connections are cut. */
const FAREWELL_MS = 100;

interface SocketData {
  grant: SocketGrant & { expiresAtMs: number };
  /** Ends the connection with its token. */
  expiry: NodeJS.Timeout;
}

type MonitoringSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, SocketData>;
type Ack = (answer: AckWire) => void;

/** By person. */
interface Quotas {
  connections: Quota;
  subscriptions: Quota;
}

export interface SocketDeps {
  hosts: readonly string[];
  port: number;
  secret: Uint8Array;
  publisher: Publisher;
  nowMs: () => number;
  log: Logger;
}

/**
 * The socket of docs/realtime.md: WebSocket only, a socket token in the handshake, replaced in place before it expires.
 * The environment comes from the token alone.
 */
export async function openSocket(deps: SocketDeps): Promise<Listener> {
  const hub = createServer((_, response) => response.writeHead(404).end()); // Socket.IO knows one server, we listen twice
  const io = new Server<ClientToServer, ServerToClient, Record<string, never>, SocketData>(hub, {
    transports: ["websocket"],
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
  });
  io.use((socket, next) => {
    authenticate(deps, socket).then(
      (ok) => (ok ? next() : next(new Error("unauthorized"))),
      () => next(new Error("unavailable")),
    );
  });
  const quotas: Quotas = {
    connections: new Quota(MAX_CONNECTIONS_PER_PERSON),
    subscriptions: new Quota(MAX_SUBSCRIPTIONS_PER_PERSON),
  };
  io.on("connection", (socket) => admit(deps, quotas, socket));

  const listener = await listen(deps.hosts, deps.port, (request, response) => hub.emit("request", request, response));
  for (const server of listener.servers) {
    server.on("upgrade", (request, stream, head) => hub.emit("upgrade", request, stream, head));
  }
  return {
    ...listener,
    close: async () => {
      io.emit("ended", { reason: "shutting_down" } satisfies EndedWire);
      io.disconnectSockets(true);
      await sleep(FAREWELL_MS);
      io.engine.close(); // also those who never joined: the listener would wait for them, 45 s
      await listener.close(1_000);
    },
  };
}

async function authenticate(deps: SocketDeps, socket: MonitoringSocket): Promise<boolean> {
  const token: unknown = socket.handshake.auth["token"];
  const granted = typeof token === "string" ? await verifySocketToken(token, deps.secret, deps.nowMs()) : null;
  if (granted === null || !granted.scopes.includes(SCOPE)) return false;
  socket.data.grant = granted;
  return true;
}

function endAt(deps: SocketDeps, socket: MonitoringSocket, expiresAtMs: number): NodeJS.Timeout {
  return setTimeout(() => {
    socket.emit("ended", { reason: "token_expired" });
    socket.disconnect(true);
  }, expiresAtMs - deps.nowMs());
}

/** Serves the connection, unless its person has enough of them. */
function admit(deps: SocketDeps, quotas: Quotas, socket: MonitoringSocket): void {
  const { personId, expiresAtMs } = socket.data.grant;
  if (!quotas.connections.take(personId)) {
    socket.emit("ended", { reason: "too_many_connections" });
    socket.disconnect(true);
    return;
  }
  socket.on("disconnect", () => quotas.connections.give(personId));
  socket.data.expiry = endAt(deps, socket, expiresAtMs);
  serve(deps, quotas, socket);
}

function serve(deps: SocketDeps, quotas: Quotas, socket: MonitoringSocket): void {
  const subscriptions = new Subscriptions(quotas.subscriptions, socket.data.grant.personId);
  const answering = (answer: (message: unknown) => AckWire | Promise<AckWire>) => answeringWith(deps.log, answer);
  socket.on(
    "subscribe",
    answering((message) => subscribe(deps, socket, subscriptions, message)),
  );
  socket.on(
    "unsubscribe",
    answering((message) => unsubscribe(subscriptions, message)),
  );
  socket.on(
    "refresh_token",
    answering((message) => refreshToken(deps, socket, message)),
  );
  socket.on("disconnect", () => {
    clearTimeout(socket.data.expiry);
    subscriptions.clear();
  });
}

/**
 * A handler of one kind of message, whatever is in it. Socket.IO calls handlers where nobody catches what they throw, so
 * that one message would end the program for all.
 */
function answeringWith(log: Logger, answer: (message: unknown) => AckWire | Promise<AckWire>) {
  const attempt = async (message: unknown): Promise<AckWire> => answer(message);
  return (...told: unknown[]): void => {
    attempt(told[0])
      .catch((error: unknown): AckWire => {
        log.error({ err: error }, "answering a socket message failed");
        return refuse("unavailable", "try again");
      })
      .then((said) => answerWith(told.at(-1), said)) // Socket.IO puts what acknowledges last, where that is asked for
      .catch((error: unknown) => log.error({ err: error }, "an answer could not be sent"));
  };
}

function unsubscribe(subscriptions: Subscriptions, message: unknown): AckWire {
  const id = typeof message === "object" && message !== null && "id" in message ? message.id : null;
  if (typeof id !== "string") return refuse("invalid_parameters", "id: not a string");
  return subscriptions.remove(id) ? { ok: true } : refuse("invalid_parameters", `no subscription ${id.slice(0, 64)}`);
}

function subscribe(
  { publisher }: SocketDeps,
  socket: MonitoringSocket,
  subscriptions: Subscriptions,
  message: unknown,
): AckWire {
  const parsed = parseSubscribe(message);
  if (!parsed.ok) return refuse("invalid_parameters", ...parsed.messages);
  const { subscription } = parsed;
  subscriptions.remove(subscription.id); // the same id again: the client changed its mind
  if (!subscriptions.takeRoom()) {
    const limits = `at most ${MAX_SUBSCRIPTIONS} per connection and ${MAX_SUBSCRIPTIONS_PER_PERSON} per person`;
    return refuse("too_many_subscriptions", limits);
  }
  const added = publisher.add({
    environmentId: socket.data.grant.environmentId,
    subscription,
    send: (event, news) => void socket.emit(event, news),
    end: (reason) => {
      if (subscriptions.remove(subscription.id)) socket.emit("ended", { id: subscription.id, reason });
    },
    congested: () => writeBufferLength(socket) > MAX_UNSENT,
  });
  subscriptions.add(subscription.id, added);
  return { ok: true };
}

/** The new token must be of the same person and environment: a socket never changes what it may see. */
async function refreshToken(deps: SocketDeps, socket: MonitoringSocket, message: unknown): Promise<AckWire> {
  const token = typeof message === "object" && message !== null && "token" in message ? message.token : null;
  const granted = typeof token === "string" ? await verifySocketToken(token, deps.secret, deps.nowMs()) : null;
  const { grant } = socket.data;
  const same = granted?.personId === grant.personId && granted.environmentId === grant.environmentId;
  if (granted === null || !same || !granted.scopes.includes(SCOPE)) {
    return refuse("unauthorized", "not a living token of this person and environment");
  }
  if (!socket.connected) return refuse("unauthorized", "the connection is gone"); // while the token was looked at
  clearTimeout(socket.data.expiry);
  socket.data.expiry = endAt(deps, socket, granted.expiresAtMs);
  return { ok: true };
}

function refuse(type: SocketErrorType, ...messages: string[]): AckWire {
  return { ok: false, error: { type, messages } };
}

function answerWith(ack: unknown, answer: AckWire): void {
  if (typeof ack === "function") (ack as Ack)(answer);
}

/** Packets that the transport has not taken yet; engine.io keeps them on the connection. */
function writeBufferLength(socket: MonitoringSocket): number {
  return (socket.conn as unknown as { writeBuffer: { length: number } }).writeBuffer.length;
}

/** What one connection is subscribed to, by the client's id. */
class Subscriptions {
  readonly #byId = new Map<string, { remove(): void }>();
  readonly #quota: Quota;
  readonly #personId: string;

  constructor(quota: Quota, personId: string) {
    this.#quota = quota;
    this.#personId = personId;
  }

  /** Takes the room for one more, which has to be added then; false when there is none. */
  takeRoom(): boolean {
    return this.#byId.size < MAX_SUBSCRIPTIONS && this.#quota.take(this.#personId);
  }

  add(id: string, subscription: { remove(): void }): void {
    this.#byId.set(id, subscription);
  }

  /** False when there is none. */
  remove(id: string): boolean {
    const known = this.#byId.get(id);
    if (known === undefined) return false;
    known.remove();
    this.#byId.delete(id);
    this.#quota.give(this.#personId);
    return true;
  }

  clear(): void {
    for (const id of [...this.#byId.keys()]) this.remove(id);
  }
}
