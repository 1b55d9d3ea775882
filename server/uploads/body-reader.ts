import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

/** The part of a request's body that was announced, and how much came. */
export interface BodyReader {
  stream: Readable;
  /** Bytes that came so far and were announced. */
  receivedBytes(): number;
  /** More came than was announced; the rest was left out. */
  isTooLong(): boolean;
}

/**
 * Reads a body without ending its connection when the reader gives up: it has to stay for the answer.
 *
 * @param limitBytes null when its length is not known
 */
export function readBody(request: IncomingMessage, limitBytes: number | null): BodyReader {
  let receivedBytes = 0;
  let isTooLong = false;
  async function* pieces(): AsyncGenerator<Buffer> {
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      const room = (limitBytes ?? Number.POSITIVE_INFINITY) - receivedBytes;
      const bytes: Buffer = piece.length > room ? piece.subarray(0, room) : piece;
      receivedBytes += bytes.length;
      if (bytes.length > 0) yield bytes;
      if (piece.length > room) {
        isTooLong = true;
        return;
      }
    }
  }
  return {
    stream: Readable.from(pieces(), { objectMode: true, highWaterMark: 4 }),
    receivedBytes: () => receivedBytes,
    isTooLong: () => isTooLong,
  };
}

/** Length that the headers give; null for chunks, whose length shows at their end. */
export function contentLength(request: IncomingMessage): number | null {
  if (request.headers["transfer-encoding"] !== undefined) return null;
  return Number(request.headers["content-length"] ?? 0);
}
