import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Certificate } from "./certificate.ts";

/** Where decrypted bytes go. */
export interface Target {
  host: string;
  port: number;
}

export interface TlsFrontOptions {
  hosts: readonly string[];
  port: number;
  certificate: Certificate;
  /** @param serverName the name of the TLS handshake, lower-case; null where the client gave none (addresses) */
  targetOf: (serverName: string | null) => Target;
  onConnection?: (outcome: "piped" | "unreachable" | "bad_handshake") => void;
}

export interface TlsFront {
  /** The real port, also when 0 was asked for. */
  port: number;
  /** Connections from now on get this one. */
  renew(certificate: Certificate): void;
  /** Stops accepting, ends connections on which nothing is under way, waits for the others `graceMs`, and cuts the rest. */
  close(graceMs?: number): Promise<void>;
}

const HANDSHAKE_MS = 10_000;
const CONNECT_MS = 3_000;
const DEFAULT_GRACE_MS = 5_000;
const SWEEP_MS = 50;
/** The client spoke last and is answered, and has not spoken since: then its connection is idle. */
const IDLE_MS = 150;
/** Time for a client to close after its service has. */
const LINGER_MS = 2_000;

/** One TLS port for several services of this machine: ends TLS, and pipes the bytes by server name. */
export async function openTlsFront(options: TlsFrontOptions): Promise<TlsFront> {
  const connections: Connections = { handshaking: new Map(), pipes: new Set() };
  const servers: Server[] = [];
  let port = options.port;
  try {
    for (const host of options.hosts) {
      const server = await listenOne(host, port, options, connections);
      if (server === null) continue;
      servers.push(server);
      port = (server.address() as AddressInfo).port; // an address of a TCP server is never a string
    }
    if (servers.length === 0) throw new Error(`none of ${options.hosts.join(", ")} exists on this machine`);
  } catch (error) {
    await Promise.all(servers.map(stopListening));
    throw error;
  }
  return {
    port,
    renew: (certificate) => {
      for (const server of servers) server.setSecureContext(certificate);
    },
    close: async (graceMs = DEFAULT_GRACE_MS) => {
      const stopped = Promise.all(servers.map(stopListening));
      const cutAtMs = performance.now() + graceMs;
      const sweep = setInterval(() => {
        for (const pipe of connections.pipes) if (performance.now() >= cutAtMs || pipe.isIdle()) pipe.cut();
        for (const socket of connections.handshaking.values()) socket.destroy();
      }, SWEEP_MS);
      await stopped;
      clearInterval(sweep);
    },
  };
}

interface Connections {
  /** By {@link peerOf}. */
  handshaking: Map<string, Socket>;
  pipes: Set<Pipe>;
}

function listenOne(
  host: string,
  port: number,
  options: TlsFrontOptions,
  { handshaking, pipes }: Connections,
): Promise<Server | null> {
  const server = createServer(
    {
      ...options.certificate,
      // The services speak HTTP/1.1 only; without this a client could settle on what nobody understands.
      ALPNProtocols: ["http/1.1"],
      minVersion: "TLSv1.2",
      handshakeTimeout: HANDSHAKE_MS,
      allowHalfOpen: true,
      noDelay: true,
    },
    (client) => {
      handshaking.delete(peerOf(client));
      accept(client, options, pipes);
    },
  );
  // Node tells nobody of a client that leaves in mid-handshake before the time for it is over.
  server.on("connection", (socket) => {
    const peer = peerOf(socket);
    handshaking.set(peer, socket);
    socket.once("close", () => handshaking.delete(peer));
  });
  server.on("tlsClientError", (_, client) => {
    options.onConnection?.("bad_handshake");
    client.destroy();
  });
  return new Promise((resolve, reject) => {
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

/** The same for a connection and for the TLS connection over it. */
function peerOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

interface Pipe {
  isIdle(): boolean;
  cut(): void;
}

function accept(client: TLSSocket, options: TlsFrontOptions, pipes: Set<Pipe>): void {
  const name: unknown = client.servername; // false where there is none, whatever the types say
  const { host, port } = options.targetOf(typeof name === "string" && name !== "" ? name.toLowerCase() : null);
  const service = connect({ host, port, allowHalfOpen: true, noDelay: true });
  const late = setTimeout(() => service.destroy(new Error("no connection in time")), CONNECT_MS);
  let connected = false;
  service.once("connect", () => {
    connected = true;
    clearTimeout(late);
    options.onConnection?.("piped");
  });
  service.once("close", () => {
    clearTimeout(late);
    if (!connected) options.onConnection?.("unreachable");
  });
  const pipe = join(client, service);
  pipes.add(pipe);
  client.once("close", () => pipes.delete(pipe));
}

/** Both ways, at the pace of the slower side; an end is passed on as an end, a failure ends both at once. */
function join(client: TLSSocket, service: Socket): Pipe {
  let lastByClient = false;
  let lastAtMs = performance.now();
  const note = (byClient: boolean) => (): void => {
    lastByClient = byClient;
    lastAtMs = performance.now();
  };
  const cut = (): void => {
    client.destroy();
    service.destroy();
  };
  client.on("data", note(true)).on("error", cut).on("close", cut);
  service.on("data", note(false)).on("error", cut);
  service.on("close", (failed) => {
    if (failed || !service.readableEnded) return cut();
    // What the service said last is still on its way. Reading on until the client closes, or closing with bytes unread would
    // be a reset, which throws away what it has not read yet.
    const linger = setTimeout(cut, LINGER_MS);
    client.once("close", () => clearTimeout(linger));
    client.resume();
  });
  client.pipe(service);
  service.pipe(client);
  const isIdle = (): boolean => !lastByClient && client.writableLength === 0 && performance.now() - lastAtMs >= IDLE_MS;
  return { isIdle, cut };
}
