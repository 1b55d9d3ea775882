import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface DroppingProxy {
  port: number;
  /** Connections that were cut so far. */
  drops(): number;
  /** Cuts one for certain, when so many more bytes were sent. */
  cutAfter(bytes: number): void;
  close(): Promise<void>;
}

/** A line as bad as some are: in every megabyte that is sent through it, a connection is cut with some probability, mid-byte. */
export async function startDroppingProxy(targetPort: number, probability: number): Promise<DroppingProxy> {
  const sockets = new Set<Socket>();
  let drops = 0;
  let certainAfter = Number.POSITIVE_INFINITY;
  const server = createServer((client) => {
    const target = connect(targetPort, "127.0.0.1");
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("error", () => {}); // the other end was cut
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
    client.on("data", (bytes) => {
      certainAfter -= bytes.length;
      if (certainAfter <= 0 || Math.random() < (probability * bytes.length) / 2 ** 20) {
        drops += 1;
        certainAfter = Number.POSITIVE_INFINITY;
        client.resetAndDestroy();
        return;
      }
      if (!target.write(bytes)) client.pause();
    });
    target.on("drain", () => client.resume());
    target.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port, // an address of a TCP server is never a string
    drops: () => drops,
    cutAfter: (bytes) => {
      certainAfter = bytes;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
