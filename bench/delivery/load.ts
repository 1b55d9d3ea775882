import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { distributionOf } from "../measure/distribution.ts";

/** What the viewers are asked to do. */
export interface ViewersOrder {
  port: number;
  seconds: number;
  /** One connection each, which asks for its paths in turn, over and over. */
  viewers: readonly (readonly string[])[];
  /** Between two requests of a viewer; 0: as fast as answers come. */
  everyMs: number;
}

export interface ViewersResult {
  requests: number;
  bytes: number;
  /** Answers other than 200. */
  refused: number;
  seconds: number;
  /** From the request to the last byte. */
  p50Ms: number;
  p99Ms: number;
}

const DEADLINE_MS = 10_000;
/** One for each connection, filled again and again: what is received is counted, not kept. */
const READ_BYTES = 262_144;

/** Viewers of bench/delivery.ts, a process of its own: bytes are counted and thrown away, so that it takes little itself. */
process.on("message", (order: ViewersOrder) => {
  watch(order).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");

async function watch({ port, seconds, viewers, everyMs }: ViewersOrder): Promise<ViewersResult> {
  const result = { requests: 0, bytes: 0, refused: 0 };
  const latenciesMs: number[] = [];
  const startedMs = performance.now();
  const untilMs = startedMs + seconds * 1_000;
  await Promise.all(
    viewers.map(async (paths, at) => {
      const viewer = openViewer(port);
      await sleep((everyMs * at) / viewers.length); // not all at the same moment
      for (let turn = at; performance.now() < untilMs; turn += 1) {
        const sentMs = performance.now();
        const { status, bytes } = await viewer.get(paths[turn % paths.length] ?? "/");
        latenciesMs.push(performance.now() - sentMs);
        result.requests += 1;
        result.bytes += bytes;
        if (status !== 200) result.refused += 1;
        await sleep(Math.max(0, everyMs - (performance.now() - sentMs)));
      }
      viewer.close();
    }),
  );
  const { p50, p99 } = distributionOf(latenciesMs);
  return { ...result, seconds: (performance.now() - startedMs) / 1_000, p50Ms: p50, p99Ms: p99 };
}

interface Answered {
  status: number;
  bytes: number;
}

function openViewer(port: number): { get(path: string): Promise<Answered>; close(): void } {
  let waiting: PromiseWithResolvers<Answered> | null = null;
  let head = "";
  let answered: Answered = { status: 0, bytes: 0 };
  let left = -1; // -1: the head is not whole yet

  function take(chunk: Buffer): void {
    let body = chunk.length;
    if (left < 0) {
      head += chunk.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      body = head.length - end - 4;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
      answered = { status: Number(head.slice(9, 12)), bytes: length };
      left = length;
    }
    left -= body;
    if (left > 0) return;
    if (left < 0 || Number.isNaN(left)) throw new Error("an answer whose length is not what it says");
    [head, left] = ["", -1];
    waiting?.resolve(answered);
  }

  const socket: Socket = connect({
    ...{ port, host: "127.0.0.1", noDelay: true },
    onread: {
      buffer: Buffer.allocUnsafe(READ_BYTES),
      callback: (size, buffer) => {
        take(Buffer.from(buffer.buffer, buffer.byteOffset, size));
        return true;
      },
    },
  });
  socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error(`no answer within ${DEADLINE_MS} ms`)));
  socket.on("error", (error) => waiting?.reject(error));
  socket.on("close", () => waiting?.reject(new Error("the connection was closed")));
  return {
    get: (path) => {
      waiting = Promise.withResolvers();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`);
      return waiting.promise;
    },
    close: () => {
      waiting = null;
      socket.destroy();
    },
  };
}
