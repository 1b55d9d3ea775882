import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type AllowList, parseAllowList } from "../../domain/network/allow-list.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { startWebhooks, type Webhooks } from "../webhooks/start-webhooks.ts";
import type { TestServer } from "./test-server.ts";

const LOOPBACK = parseAllowList("127.0.0.0/8").list;

/** Sends events of a test's server as its program would, to receivers of this machine unless told otherwise. */
export function startTestWebhooks(
  { services }: TestServer,
  databaseUrl: string,
  { allow = LOOPBACK, attemptMs }: { allow?: AllowList; attemptMs?: number } = {},
): Webhooks {
  const { db, now, webhookTap: tap } = services;
  return startWebhooks({
    ...{ db, databaseUrl, now, tap, allow, log: createLogger("test", "silent"), metrics: createMetrics("test") },
    ...(attemptMs === undefined ? {} : { attemptMs }),
  });
}

export interface ReceivedEvent {
  /** Real time, Unix milliseconds. */
  atMs: number;
  headers: IncomingHttpHeaders;
  /** As it came. */
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at the envelope as JSON
  event: any;
}

export interface Receiver {
  address: string;
  received: ReceivedEvent[];
  /** How it answers from now on. */
  answer: (response: ServerResponse) => void;
  close(): Promise<void>;
}

/** A customer's server: takes everything unless it is told to answer otherwise. */
export async function startReceiver(answer: Receiver["answer"] = (response) => response.end()): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    received.push({ atMs: Date.now(), headers: request.headers, body, event: JSON.parse(body) });
    receiver.answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const received: ReceivedEvent[] = [];
  const receiver: Receiver = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}
