import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Wanted } from "../../domain/media/transcoder-wire.ts";

export const SECRET = "a-secret-of-at-least-32-characters";

export interface FakeTranscoder {
  url: string;
  /** All that was asked for, in order. */
  asked: Wanted[];
  /** How many clients went away before their answer. */
  left(): number;
  /** Decides the answers from now on. */
  answer: (wanted: Wanted, response: ServerResponse) => unknown;
  close(): Promise<void>;
}

/** A transcoder that answers as the test says; it refuses who does not know the secret, as the real one does. */
export async function startFakeTranscoder(): Promise<FakeTranscoder> {
  let left = 0;
  const server = createServer((request, response) => void take(request, response));
  const fake: FakeTranscoder = {
    url: "",
    asked: [],
    left: () => left,
    answer: (_, response) => response.writeHead(503, { "retry-after": "7" }).end(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isKnown = request.headers.authorization === `Bearer ${SECRET}`;
    if (request.method !== "POST" || request.url !== "/make" || !isKnown) {
      response.writeHead(request.method === "POST" ? 401 : 404).end();
      return;
    }
    response.once("close", () => {
      if (!response.writableFinished) left += 1;
    });
    const wanted = (await json(request)) as Wanted; // written by the code under test, compared by the test
    fake.asked.push(wanted);
    await fake.answer(wanted, response);
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}
