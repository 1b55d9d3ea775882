import { connect, createServer, type Socket } from "node:net";

export interface Balancer {
  /** host:port. */
  address: string;
  close(): Promise<void>;
}

/** Spreads connections over ports of this machine in turn; one that does not answer is passed over. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    const order = ports.map((_, at) => ports[(turn + at) % ports.length] ?? 0);
    turn += 1;
    keep(open, client);
    forward(client, order, open);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return {
    address: `127.0.0.1:${address.port}`,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(client: Socket, [port, ...others]: readonly number[], open: Set<Socket>): void {
  if (port === undefined || client.destroyed) {
    client.destroy();
    return;
  }
  const backend = connect(port, "127.0.0.1");
  keep(open, backend);
  backend.once("error", () => {
    if (backend.connecting || backend.bytesRead + backend.bytesWritten === 0) forward(client, others, open);
    else client.destroy();
  });
  backend.once("connect", () => {
    client.pipe(backend).pipe(client);
    client.once("close", () => backend.destroy());
    backend.once("close", () => client.destroy());
  });
}

function keep(open: Set<Socket>, socket: Socket): void {
  open.add(socket);
  socket.once("close", () => open.delete(socket));
  socket.on("error", () => socket.destroy());
}
