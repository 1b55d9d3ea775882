import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { Wanted, WantedInit, WantedPicture, WantedSegment } from "../domain/media/transcoder-wire.ts";
import type { DeliveryMetrics } from "./delivery-metrics.ts";
import { unavailable } from "./playback-error.ts";
import { byResponsibility } from "./rendezvous.ts";

export interface TranscoderOptions {
  urls: readonly string[];
  secret: string;
  metrics: DeliveryMetrics;
  /** Time for an object to be made; shorter only in tests. */
  deadlineMs?: number;
  /** How long to go on asking while none answers; shorter only in tests. */
  restartMs?: number;
}

/** Makes what is not there, over internal HTTP. All reject with a `PlaybackError` (503) when it cannot be made now. */
export interface Transcoder {
  /** Resolves when the object is in the store. */
  make(wanted: WantedInit | WantedSegment, signal: AbortSignal): Promise<void>;
  picture(wanted: WantedPicture, signal: AbortSignal): Promise<Buffer>;
  /** True when one of them answers at all. */
  isReachable(): Promise<boolean>;
  close(): void;
}

interface Reply {
  status: number;
  retryAfter: string | undefined;
  body: Buffer;
}

/** A viewer waits no longer for one segment; players give up on their own after some 20 s. */
const DEADLINE_MS = 15_000;
/** A transcoder that was killed is there again within about a second: most players give up at the first 503. */
const RESTART_MS = 2_500;
const ASK_AGAIN_MS = 250;
/** On the own network a port answers in milliseconds or not at all; then the next one is asked. */
const CONNECT_MS = 1_000;
const PROBE_MS = 500;
const MAX_REPLY_BYTES = 64 * 1024 ** 2;

export function createTranscoder(options: TranscoderOptions): Transcoder {
  const { urls, secret, metrics, deadlineMs = DEADLINE_MS, restartMs = RESTART_MS } = options;
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  async function ask(wanted: Wanted, signal: AbortSignal): Promise<Buffer> {
    const done = metrics.making(wanted.kind);
    const limited = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
    let reply: Reply;
    try {
      reply = await askUntilOneAnswers(wanted, limited);
    } catch (error) {
      if (signal.aborted) {
        done("left");
        throw signal.reason;
      }
      done(limited.aborted ? "late" : "unreachable");
      throw unavailable(limited.aborted ? "It takes too long to make" : "No transcoder answers", { cause: error });
    }
    done(reply.status === 200 ? "made" : "refused");
    if (reply.status === 200) return reply.body;
    throw refused(reply);
  }

  async function askUntilOneAnswers(wanted: Wanted, signal: AbortSignal): Promise<Reply> {
    const giveUpMs = performance.now() + restartMs;
    for (;;) {
      try {
        return await askFirstThatAnswers(wanted, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (performance.now() + ASK_AGAIN_MS > giveUpMs) throw error;
        await sleep(ASK_AGAIN_MS, undefined, { signal });
      }
    }
  }

  /** A connection that fails says nothing about the object: the next transcoder is asked the same. */
  async function askFirstThatAnswers(wanted: Wanted, signal: AbortSignal): Promise<Reply> {
    const failures: unknown[] = [];
    for (const url of byResponsibility(urls, wanted.assetId)) {
      try {
        return await exchange(agents, url, secret, wanted, signal);
      } catch (error) {
        signal.throwIfAborted();
        failures.push(error);
      }
    }
    throw new AggregateError(failures, "no transcoder could be asked");
  }

  return {
    make: async (wanted, signal) => {
      await ask(wanted, signal);
    },
    picture: ask,
    isReachable: async () => {
      const answers = urls.map((url) => probe(url));
      return (await Promise.all(answers)).some((answered) => answered);
    },
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** 404 too: delivery asks only for what the plan has, so what is gone is going to be gone for the next look-up. */
function refused({ status, retryAfter }: Reply): Error {
  const seconds = Number(retryAfter);
  const cause = new Error(`the transcoder answered ${status}`);
  const message = "It cannot be made now";
  if (retryAfter !== undefined && Number.isInteger(seconds) && seconds > 0) {
    return unavailable(message, { cause, retryAfterSeconds: seconds });
  }
  return unavailable(message, { cause });
}

/** One request; a connection that was kept and closed by the other side in the same moment is replaced by a new one. */
async function exchange(
  agents: { http: HttpAgent; https: HttpsAgent },
  url: string,
  secret: string,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Reply> {
  const isHttps = url.startsWith("https:");
  const body = Buffer.from(JSON.stringify(wanted));
  const headers = {
    authorization: `Bearer ${secret}`,
    "content-type": "application/json",
    "content-length": body.length,
  };
  for (let attempt = 1; ; attempt += 1) {
    const target = new URL("make", url.endsWith("/") ? url : `${url}/`);
    const options = { method: "POST", headers, signal };
    const request = isHttps
      ? requestHttps(target, { ...options, agent: agents.https })
      : requestHttp(target, { ...options, agent: agents.http });
    limitConnecting(request);
    request.end(body);
    try {
      return await readReply(request);
    } catch (error) {
      if (attempt > 1 || !request.reusedSocket || signal.aborted) throw error;
    }
  }
}

function limitConnecting(request: ClientRequest): void {
  request.once("socket", (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => request.destroy(new Error(`no connection within ${CONNECT_MS} ms`)), CONNECT_MS);
    socket.once("connect", () => clearTimeout(timer));
    request.once("close", () => clearTimeout(timer));
  });
}

async function readReply(request: ClientRequest): Promise<Reply> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.on("error", reject); // stays: a request that is destroyed later says so here
  });
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_REPLY_BYTES) throw new Error(`a reply of over ${MAX_REPLY_BYTES} bytes`);
    chunks.push(chunk);
  }
  const { statusCode: status = 0, headers } = response;
  return { status, retryAfter: headers["retry-after"], body: Buffer.concat(chunks) };
}

/** Any answer will do: it is there. */
async function probe(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(PROBE_MS) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
