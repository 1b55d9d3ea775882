import {
  createServer,
  type IncomingMessage,
  maxHeaderSize,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, Server as NetServer } from "node:net";
import { Slots } from "../memory/slots.ts";
import { watchSlowRequests } from "./slow-requests.ts";

/** Loopback in both families: `localhost` is `::1` first for some clients and `127.0.0.1` for others. */
export const LOOPBACK = ["127.0.0.1", "::1"] as const;

export interface Listener {
  /** The servers behind it, one per address, for those who need upgrades or sockets. */
  servers: readonly Server[];
  /** The real port, also when 0 was asked for. */
  port: number;
  /**
   * Stops accepting, says farewell on the connections there are (answers tell clients to close them), then ends idle ones,
   * waits for requests in flight at most `graceMs`, and cuts the rest.
   */
  close(graceMs?: number): Promise<void>;
}

/** `sendBeacon` brings all cookies of the collector's site; node's 16 KiB would answer 431, which SDKs repeat for ever. */
const MIN_HEADER_BYTES = 65_536;
/** Time for a whole request to arrive: bounds what slow senders hold, and leaves bad mobile networks their chance. */
const REQUEST_MS = 60_000;

export interface ListenOptions {
  /** Requests that may take any time as long as some of them arrives each minute: uploads. */
  isLong?: (request: IncomingMessage) => boolean;
  /** Instead of a minute, for tests. */
  requestMs?: number;
}
/** Longer than clients keep an idle connection, so that they seldom write into one that is just being closed. */
const KEEP_ALIVE_MS = 30_000;
const DEFAULT_GRACE_MS = 5_000;
const IDLE_SWEEP_MS = 20;
/** Closing a kept-alive connection at once cuts a request that is just being sent into it: tried, 1 stop in 4 under load. */
const FAREWELL_MS = 150;

/**
 * Listens on one port at several addresses with one handler. An address family that the machine lacks is left out;
 * a port in use rejects with the system's error (`EADDRINUSE`).
 */
export async function listen(
  hosts: readonly string[],
  port: number,
  handler: RequestListener,
  { isLong = () => false, requestMs = REQUEST_MS }: ListenOptions = {},
): Promise<Listener> {
  const slow = watchSlowRequests(requestMs, isLong);
  const servers: Server[] = [];
  let boundPort = port;
  let leaving = false;
  const open = new Slots<ServerResponse>();
  const polite: RequestListener = (request, response) => {
    const slot = open.add(response);
    const answered = slow.watch(request, response);
    response.once("close", () => {
      open.remove(slot, response);
      answered();
    });
    if (leaving) response.shouldKeepAlive = false;
    handler(request, response);
  };
  try {
    for (const host of hosts) {
      const server = await listenOne(host, boundPort, polite);
      if (server === null) continue;
      servers.push(server);
      boundPort = (server.address() as AddressInfo).port; // an address of a TCP server is never a string
    }
    if (servers.length === 0) throw new Error(`none of the addresses ${hosts.join(", ")} exists on this machine`);
  } catch (error) {
    slow.stop();
    await Promise.all(servers.map((server) => closeServer(server, 0)));
    throw error;
  }
  return {
    servers,
    port: boundPort,
    close: async (graceMs = DEFAULT_GRACE_MS) => {
      leaving = true;
      for (const response of open) response.shouldKeepAlive = false;
      await Promise.all(servers.map((server) => closeServer(server, graceMs)));
      slow.stop();
    },
  };
}

function listenOne(host: string, port: number, handler: RequestListener): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer(
      // Node's own limit for whole requests knows no exceptions; slow-requests.ts keeps it instead.
      { maxHeaderSize: Math.max(maxHeaderSize, MIN_HEADER_BYTES), headersTimeout: REQUEST_MS, requestTimeout: 0 },
      handler,
    );
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT") resolve(null);
      else reject(error);
    });
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.listen({ host, port, ipv6Only: host.includes(":") }, () => {
      server.removeAllListeners("error");
      resolve(server);
    });
  });
}

/**
 * `http.Server.close` ends idle connections at once, and with them requests that are just being sent into one; the close of
 * the `net.Server` below it only stops listening.
 */
function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    // A connection becomes idle when its answer is sent: looked for again and again, or Node would wait for its time-out.
    const sweep = setInterval(() => {
      if (performance.now() >= farewellUntilMs) server.closeIdleConnections();
    }, IDLE_SWEEP_MS);
    const farewellUntilMs = performance.now() + Math.min(FAREWELL_MS, graceMs);
    NetServer.prototype.close.call(server, () => {
      clearTimeout(cut);
      clearInterval(sweep);
      server.close(() => undefined); // ends the HTTP server's own timer; it no longer listens, which is no error to us
      resolve();
    });
  });
}
