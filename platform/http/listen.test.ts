import { Agent, get, type ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { type Listener, LOOPBACK, listen } from "./listen.ts";

const agent = new Agent({ keepAlive: true });
afterEach(() => agent.destroy());

function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, agent }, (response) => {
      let body = "";
      response.on("data", (text: Buffer) => {
        body += text.toString();
      });
      response.on("end", () => resolve(body));
    }).on("error", reject);
  });
}

/** A listener with one request in flight: its pending answer for the test to end, and what the client will get. */
async function inFlight(): Promise<{ listener: Listener; response: ServerResponse; answer: Promise<string> }> {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  const listener = await listen(LOOPBACK, 0, (_, response) => resolve(response));
  const answer = ask(listener.port);
  answer.catch(() => {}); // the test looks later
  return { listener, response: await promise, answer };
}

describe("listen", () => {
  it("finishes the request in flight on a kept-alive connection and then closes at once, not after the grace", async () => {
    const { listener, response, answer } = await inFlight();
    const startedAt = performance.now();
    const closed = listener.close(5_000);
    response.end("done");
    expect(await answer).toBe("done");
    await closed;
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it("cuts a request that outlives the grace", async () => {
    const { listener, answer } = await inFlight();
    await listener.close(50);
    await expect(answer).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("fails no request of clients that send all the time", async () => {
    const listener = await listen(LOOPBACK, 0, (_, response) => setTimeout(() => response.end("done"), 5));
    let answered = 0;
    const failures: unknown[] = [];
    const clients = Array.from({ length: 8 }, async () => {
      for (;;) {
        try {
          expect(await ask(listener.port)).toBe("done");
          answered += 1;
        } catch (error) {
          failures.push((error as NodeJS.ErrnoException).code);
          return;
        }
      }
    });
    while (answered < 100) await new Promise((resolve) => setImmediate(resolve));
    await listener.close();
    await Promise.all(clients);
    expect(new Set(failures)).toEqual(new Set(["ECONNREFUSED"])); // nobody there any more, but nobody cut off
  });

  it("rejects with the system's error when the port is taken", async () => {
    const { port, close } = await listen(["127.0.0.1"], 0, () => {});
    await expect(listen(["127.0.0.1"], port, () => {})).rejects.toMatchObject({ code: "EADDRINUSE" });
    await close();
  });
});
