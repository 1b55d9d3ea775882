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

const MAX_MESSAGE_BYTES = 64 * 1_024;
const MAX_SUBSCRIPTIONS = 8;
/** Messages waiting to be written to one client before it counts as not keeping up. */
const MAX_UNSENT = 8;
const SCOPE = "monitoring:read";
/** For the last word to be written before connections are cut. */
const FAREWELL_MS = 100;

interface SocketData {
  grant: SocketGrant;
  expiry: NodeJS.Timeout;
}

type MonitoringSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, SocketData>;
type Ack = (answer: AckWire) => void;

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
  io.on("connection", (socket) => serve(deps, socket));

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
  socket.data.expiry = endAt(deps, socket, granted.expiresAtMs);
  return true;
}

function endAt(deps: SocketDeps, socket: MonitoringSocket, expiresAtMs: number): NodeJS.Timeout {
  return setTimeout(() => {
    socket.emit("ended", { reason: "token_expired" });
    socket.disconnect(true);
  }, expiresAtMs - deps.nowMs());
}

function serve(deps: SocketDeps, socket: MonitoringSocket): void {
  const subscriptions = new Map<string, { remove(): void }>();
  socket.on("subscribe", (message: unknown, ack: unknown) => {
    answerWith(ack, subscribe(deps, socket, subscriptions, message));
  });
  socket.on("unsubscribe", (message: unknown, ack: unknown) => {
    const id = typeof message === "object" && message !== null && "id" in message ? String(message.id) : "";
    const known = subscriptions.get(id);
    known?.remove();
    subscriptions.delete(id);
    answerWith(
      ack,
      known === undefined ? refuse("invalid_parameters", `no subscription ${id.slice(0, 64)}`) : { ok: true },
    );
  });
  socket.on("refresh_token", (message: unknown, ack: unknown) => {
    refreshToken(deps, socket, message).then(
      (answer) => answerWith(ack, answer),
      (error: unknown) => {
        deps.log.error({ err: error }, "refreshing a socket token failed");
        answerWith(ack, refuse("unavailable", "try again"));
      },
    );
  });
  socket.on("disconnect", () => {
    clearTimeout(socket.data.expiry);
    for (const subscription of subscriptions.values()) subscription.remove();
    subscriptions.clear();
  });
}

function subscribe(
  { publisher }: SocketDeps,
  socket: MonitoringSocket,
  subscriptions: Map<string, { remove(): void }>,
  message: unknown,
): AckWire {
  const parsed = parseSubscribe(message);
  if (!parsed.ok) return refuse("invalid_parameters", ...parsed.messages);
  const { subscription } = parsed;
  subscriptions.get(subscription.id)?.remove(); // the same id again: the client changed its mind
  subscriptions.delete(subscription.id);
  if (subscriptions.size >= MAX_SUBSCRIPTIONS) {
    return refuse("too_many_subscriptions", `at most ${MAX_SUBSCRIPTIONS} subscriptions per connection`);
  }
  const added = publisher.add({
    environmentId: socket.data.grant.environmentId,
    subscription,
    send: (event, news) => void socket.emit(event, news),
    congested: () => writeBufferLength(socket) > MAX_UNSENT,
  });
  subscriptions.set(subscription.id, added);
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
