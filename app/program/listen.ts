import { createServer, type RequestListener, type Server } from "node:http";

/** Requests in flight get this long when the program stops. */
const GRACE_MS = 4_000;

/** Listens on one port at several addresses; a family that the machine lacks is left out. Resolves with what stops it. */
export async function listen(
  hosts: readonly string[],
  port: number,
  handler: RequestListener,
): Promise<() => Promise<void>> {
  const servers: Server[] = [];
  const close = async () => {
    await Promise.all(servers.map(closeServer));
  };
  try {
    for (const host of hosts) {
      const server = await listenOne(host, port, handler);
      if (server !== null) servers.push(server);
    }
    if (servers.length === 0) throw new Error(`none of the addresses ${hosts.join(", ")} exists on this machine`);
  } catch (error) {
    await close();
    throw error;
  }
  return close;
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

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
