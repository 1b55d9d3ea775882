import { createServer, type RequestListener, type Server } from "node:http";
import { Server as NetServer } from "node:net";

/** Requests in flight get this long when the program stops. */
const GRACE_MS = 4_000;
/** Idle connections stay this long: ended at once, they cut requests that are just being sent (docs/decisions/stopping.md). */
const FAREWELL_MS = 150;
const IDLE_SWEEP_MS = 20;

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

/** Stops listening, as `http.Server.close` does, but leaves connections alone until the farewell is over. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const farewellUntilMs = performance.now() + FAREWELL_MS;
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    const sweep = setInterval(() => {
      if (performance.now() >= farewellUntilMs) server.closeIdleConnections();
    }, IDLE_SWEEP_MS);
    NetServer.prototype.close.call(server, () => {
      clearTimeout(cut);
      clearInterval(sweep);
      server.close(() => undefined); // ends the HTTP server's own timer; it no longer listens, which is no error to us
      resolve();
    });
  });
}
