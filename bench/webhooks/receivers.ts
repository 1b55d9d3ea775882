import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";
import type { Random } from "../../domain/simulation/random.ts";

const Envelope = z.object({
  id: z.string(),
  type: z.string(),
  created_at: z.iso.datetime(),
  data: z.object({ passthrough: z.string().optional() }),
});

/** An event at a receiver. */
export interface Arrival {
  /** What the bench wrote to make it happen. */
  mark: string;
  /** When the server says it happened, and when its first request had come, Unix milliseconds. */
  createdAtMs: number;
  firstAtMs: number;
  isTaken: boolean;
  /** Requests after it was taken. */
  repeats: number;
}

export interface Receiver {
  name: string;
  address: string;
  /** By the event's id; of `video.asset.updated` alone. */
  arrivals: Map<string, Arrival>;
  /** Requests of whatever event. */
  requests: number;
  close(): Promise<void>;
}

/** What it answers; null: nothing, for ever. */
export type Answer = () => number | null;

export const takesAll: Answer = () => 200;
export const hangs: Answer = () => null;

/** @param ratio of requests that it refuses, 0 to 1 */
export function failsSome(ratio: number, random: Random): Answer {
  return () => (random.chance(ratio) ? 500 : 200);
}

/** A customer's server on loopback that remembers what came. */
export async function startReceiver(name: string, answer: Answer): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => null); // the server was killed while it sent
    if (body !== null) take(receiver, body, answer(), response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    name,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`,
    arrivals: new Map(),
    requests: 0,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}

function take(receiver: Receiver, body: string, status: number | null, response: ServerResponse): void {
  const atMs = Date.now();
  const event = Envelope.parse(JSON.parse(body));
  receiver.requests += 1;
  if (event.type === "video.asset.updated") {
    const mark = event.data.passthrough ?? "";
    const createdAtMs = Date.parse(event.created_at);
    const arrival = receiver.arrivals.get(event.id) ?? {
      mark,
      createdAtMs,
      firstAtMs: atMs,
      isTaken: false,
      repeats: 0,
    };
    arrival.repeats += arrival.isTaken ? 1 : 0;
    arrival.isTaken ||= status === 200;
    receiver.arrivals.set(event.id, arrival);
  }
  if (status !== null) response.writeHead(status).end();
}
