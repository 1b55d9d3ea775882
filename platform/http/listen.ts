import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Loopback in both families: `localhost` is `::1` first for some clients and `127.0.0.1` for others. */
export const LOOPBACK = ["127.0.0.1", "::1"] as const;

export interface Listener {
  /** The servers behind it, one per address, for those who need upgrades or sockets. */
  servers: readonly Server[];
  /** The real port, also when 0 was asked for. */
  port: number;
  /** Stops accepting, ends idle connections, waits for requests in flight at most `graceMs`, then cuts the rest. */
  close(graceMs?: number): Promise<void>;
}

const DEFAULT_GRACE_MS = 5_000;
const IDLE_SWEEP_MS = 20;

/**
 * Listens on one port at several addresses with one handler. An address family that the machine lacks is left out;
 * a port in use rejects with the system's error (`EADDRINUSE`).
 */
export async function listen(hosts: readonly string[], port: number, handler: RequestListener): Promise<Listener> {
  const servers: Server[] = [];
  let boundPort = port;
  try {
    for (const host of hosts) {
      const server = await listenOne(host, boundPort, handler);
      if (server === null) continue;
      servers.push(server);
      boundPort = (server.address() as AddressInfo).port; // an address of a TCP server is never a string
    }
    if (servers.length === 0) throw new Error(`none of the addresses ${hosts.join(", ")} exists on this machine`);
  } catch (error) {
    await Promise.all(servers.map((server) => closeServer(server, 0)));
    throw error;
  }
  return {
    servers,
    port: boundPort,
    close: async (graceMs = DEFAULT_GRACE_MS) => {
      await Promise.all(servers.map((server) => closeServer(server, graceMs)));
    },
  };
}

function listenOne(host: string, port: number, handler: RequestListener): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer(handler);
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT") resolve(null);
      else reject(error);
    });
    server.listen({ host, port, ipv6Only: host.includes(":") }, () => {
      server.removeAllListeners("error");
      resolve(server);
    });
  });
}

function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    // A kept-alive connection becomes idle only after its answer, later than close() looks; Node would wait for it 5 s more.
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
