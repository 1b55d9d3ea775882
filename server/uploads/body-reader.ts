import type { IncomingMessage } from "node:http";
import { finished, Readable } from "node:stream";

/** The part of a request's body that may come, and how much came. */
export interface BodyReader {
  stream: Readable;
  /** Bytes that came so far, within the limit. */
  receivedBytes(): number;
  /** More came than the limit; the rest was left out. */
  isTooLong(): boolean;
}

/** Pieces that wait for their reader before the client is held up; sockets give 64 KiB at once. */
const PIECES_AHEAD = 8;

/**
 * Reads a body without ending its connection when the reader gives up: it has to stay for the answer. Pieces are handed on as they
 * come: holding the socket up between any two, as iterating over the request does, takes as long as to receive them.
 */
export function readBody(request: IncomingMessage, limitBytes: number): BodyReader {
  let receivedBytes = 0;
  let isTooLong = false;
  const stream = new Readable({
    objectMode: true,
    highWaterMark: PIECES_AHEAD,
    read: () => void request.resume(),
    destroy: (error, done) => {
      leave();
      done(error);
    },
  });
  const take = (piece: Buffer): void => {
    const room = limitBytes - receivedBytes;
    const bytes = piece.length > room ? piece.subarray(0, room) : piece;
    receivedBytes += bytes.length;
    if (bytes.length > 0 && !stream.push(bytes)) request.pause();
    if (piece.length <= room) return;
    isTooLong = true;
    leave();
    stream.push(null);
  };
  const forget = finished(request, { writable: false }, (error) => {
    if (error) stream.destroy(error);
    else stream.push(null);
  });
  function leave(): void {
    forget();
    request.off("data", take);
    request.pause();
  }
  request.pause(); // until the first read
  request.on("data", take);
  return {
    stream,
    receivedBytes: () => receivedBytes,
    isTooLong: () => isTooLong,
  };
}

/** Length that the headers give; null for chunks, whose length shows at their end. */
export function contentLength(request: IncomingMessage): number | null {
  if (request.headers["transfer-encoding"] !== undefined) return null;
  return Number(request.headers["content-length"] ?? 0);
}
