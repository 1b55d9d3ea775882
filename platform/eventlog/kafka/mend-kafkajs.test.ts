import { connect, createServer, type Server, type Socket } from "node:net";
import { Kafka, logLevel } from "kafkajs";
import Connection from "kafkajs/src/network/connection.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mendKafkajs } from "./mend-kafkajs.ts";

let server: Server;
let accepted: Socket[];
beforeEach(async () => {
  accepted = [];
  server = createServer((socket) => accepted.push(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  for (const socket of accepted) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

function connection(): Connection {
  const address = server.address();
  return new Connection({
    host: "127.0.0.1",
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    logger: new Kafka({ brokers: ["127.0.0.1:1"], logLevel: logLevel.NOTHING }).logger(),
    socketFactory: ({ host, port, onConnect }) => connect({ host, port }, onConnect),
    requestTimeout: 1_000,
    connectionTimeout: 1_000,
  });
}

describe("a connection of kafkajs that is opened again", () => {
  it("does not go on with half an answer of before", async () => {
    mendKafkajs();
    const again = connection();
    await again.connect();
    await expect.poll(() => accepted.length).toBe(1);
    accepted[0]?.end(Buffer.from([0, 0, 0, 100, 1, 2, 3])); // the beginning of an answer of 100 bytes
    await expect.poll(() => again.isConnected()).toBe(false);
    expect(again.bytesBuffered).toBeGreaterThan(0);
    await again.connect();
    expect([again.bytesBuffered, again.bytesNeeded, again.chunks]).toEqual([0, 4, []]);
    again.socket?.destroy();
  });

  it("is opened once for two who ask at the same time", async () => {
    mendKafkajs();
    const shared = connection();
    await Promise.all([shared.connect(), shared.connect()]);
    await expect.poll(() => accepted.length).toBe(1);
    shared.socket?.destroy();
  });
});
