import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { FetchFailedError } from "./fetch-errors.ts";

/**
 * The answer's body, which fails rather than ends early: after `idleMs` without a byte, and when fewer bytes come than were
 * promised. Time that the reader takes does not count. Leaving it early closes the connection, also before the first read.
 */
export function wholeBody(response: IncomingMessage, idleMs: number, signal: AbortSignal | undefined): Readable {
  const promised = promisedBytes(response);
  const source: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
  const stop = (): void => void response.destroy(signal?.reason);
  let received = 0;
  const next = async (): Promise<Buffer | null> => {
    signal?.throwIfAborted();
    const chunk = await nextChunk(response, source, idleMs);
    received += chunk?.length ?? 0;
    if (chunk === null && promised !== null && received < promised) throw new FetchFailedError("truncated");
    return chunk;
  };
  signal?.addEventListener("abort", stop);
  return new Readable({
    read() {
      next().then(
        (chunk) => this.push(chunk),
        (error: Error) => this.destroy(error),
      );
    },
    // Not a generator's `finally`: one that was never asked for a chunk runs none of its body.
    destroy(error, done) {
      signal?.removeEventListener("abort", stop);
      response.destroy();
      done(error);
    },
  });
}

async function nextChunk(
  response: IncomingMessage,
  source: AsyncIterator<Buffer>,
  idleMs: number,
): Promise<Buffer | null> {
  const timer = setTimeout(() => response.destroy(new FetchFailedError("timeout")), idleMs);
  try {
    const { done, value } = await source.next();
    return done === true ? null : value;
  } catch (cause) {
    // A connection that breaks in the middle is reported as reset, whoever closed it.
    const isBroken = cause instanceof Error && "code" in cause && cause.code === "ECONNRESET";
    throw isBroken ? new FetchFailedError("truncated", { cause }) : cause;
  } finally {
    clearTimeout(timer);
  }
}

function promisedBytes(response: IncomingMessage): number | null {
  const text = response.headers["content-length"];
  return text === undefined ? null : Number(text);
}
