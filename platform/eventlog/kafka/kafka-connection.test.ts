import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KafkaConnection } from "./kafka-connection.ts";

/** Takes connections, and answers nothing. */
let server: Server;
let open: Set<Socket>;
beforeEach(async () => {
  open = new Set();
  server = createServer((socket) => {
    open.add(socket);
    socket.resume().on("error", () => undefined);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

function connection(): KafkaConnection {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return new KafkaConnection({ brokers: [`127.0.0.1:${port}`], prefix: "p", tls: null, sasl: null }, "test", null);
}

describe("a connection to Kafka", () => {
  it("ends what waits for a broker when it is closed", async () => {
    const own = connection();
    const waiting = own.refresh("events");
    await expect.poll(() => open.size).toBe(1);
    await own.close();
    await expect(waiting).rejects.toThrow();
    await expect.poll(() => open.size).toBe(0);
  });

  it("opens nothing any more once it is closed", async () => {
    const own = connection();
    await own.close();
    await expect(own.refresh("events")).rejects.toThrow();
    await expect.poll(() => open.size).toBe(0);
  });

  it("does not take a broker for connected that has taken the connection and answered nothing yet", async () => {
    const own = connection();
    const first = own.refresh("events").catch(String);
    await expect.poll(() => open.size).toBe(1);
    const second = own.refresh("events").catch(String);
    expect(await Promise.race([second, sleep(100, "waiting")])).toBe("waiting");
    await own.close();
    await Promise.all([first, second]);
  });
});
