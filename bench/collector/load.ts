import { connect, type Socket } from "node:net";
import { distributionOf } from "../measure/distribution.ts";
import { recordedRequests } from "./recorded-requests.ts";

/** What the sender is asked to do. */
export interface LoadOrder {
  port: number;
  seconds: number;
  connections: number;
  /** As fast as answers come, unless this is given. */
  perSecond?: number;
}

export interface LoadResult {
  requests: number;
  /** Answers other than 200. */
  refused: number;
  seconds: number;
  p99Ms: number;
}

/** Enough that a view's id comes again only after thousands of requests. */
const COPIES = 20;
const DEADLINE_MS = 5_000;

/**
 * Sends the recordings round-robin over kept connections, one request at a time on each, and counts the answers.
 * Bytes are made before, answers are barely read: it takes a fraction of what the servers take. Started by bench/collector.ts
 * as a process of its own.
 */
const requests = recordedRequests(process.argv[2] ?? "", COPIES);
let next = 0;

process.on("message", (order: LoadOrder) => {
  run(order).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
const sizeBytes = requests.reduce((sum, bytes) => sum + bytes.length, 0) / requests.length;
process.send?.({ requests: requests.length, meanBytes: Math.round(sizeBytes) });

async function run({ port, seconds, connections, perSecond }: LoadOrder): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  let refused = 0;
  const startedMs = performance.now();
  const untilMs = startedMs + seconds * 1_000;
  const one = (socket: Socket) =>
    converse(
      socket,
      { untilMs, everyMs: perSecond === undefined ? 0 : (1_000 * connections) / perSecond },
      (ok, tookMs) => {
        if (!ok) refused += 1;
        latenciesMs.push(tookMs);
      },
    );
  await Promise.all(
    Array.from({ length: connections }, () => one(connect({ port, host: "127.0.0.1", noDelay: true }))),
  );
  const tookSeconds = (performance.now() - startedMs) / 1_000;
  return { requests: latenciesMs.length, refused, seconds: tookSeconds, p99Ms: distributionOf(latenciesMs).p99 };
}

/** One connection's requests until the time is over. Rejects when the server breaks it or does not answer. */
function converse(
  socket: Socket,
  { untilMs, everyMs }: { untilMs: number; everyMs: number },
  onAnswer: (ok: boolean, tookMs: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentMs = 0;
    let received = "";
    const send = () => {
      sentMs = performance.now();
      socket.write(requests[next] as Buffer);
      next = (next + 1) % requests.length;
    };
    socket.setTimeout(DEADLINE_MS, () => socket.destroy(new Error(`no answer within ${DEADLINE_MS} ms`)));
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the server closed a connection")));
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (!isWhole(received)) return;
      const nowMs = performance.now();
      onAnswer(received.startsWith("HTTP/1.1 200"), nowMs - sentMs);
      received = "";
      if (nowMs < untilMs) {
        if (everyMs === 0) send();
        else setTimeout(send, Math.max(0, sentMs + everyMs - nowMs));
        return;
      }
      resolve();
      socket.destroy();
    });
  });
}

function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd < 0) return false;
  if (/transfer-encoding: chunked/i.test(answer)) return answer.endsWith("\r\n0\r\n\r\n");
  const length = /content-length: (\d+)/i.exec(answer)?.[1];
  return length !== undefined && answer.length >= headEnd + 4 + Number(length);
}
