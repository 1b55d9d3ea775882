import { createServer } from "node:net";

export interface NamedPort {
  name: string;
  port: number;
}

/** The first of these ports that something else listens on, or null. Addresses this machine lacks are left out. */
export async function firstPortInUse(ports: readonly NamedPort[], hosts: readonly string[]): Promise<NamedPort | null> {
  for (const named of ports) {
    for (const host of hosts) if (await isInUse(named.port, host)) return named;
  }
  return null;
}

function isInUse(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(true);
      else if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT") resolve(false);
      else reject(error);
    });
    probe.listen({ port, host, ipv6Only: host.includes(":") }, () => probe.close(() => resolve(false)));
  });
}
