import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Slots } from "../memory/slots.ts";

/** Looked for this many times within the limit. */
const SWEEPS = 6;
const TIMED_OUT = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

interface Watched {
  request: IncomingMessage;
  slot: number;
  /** Kept here: node takes it from a request whose reader failed. */
  socket: Socket;
  response: ServerResponse;
  isLong: boolean;
  sinceMs: number;
  /** What had come over the connection when it was last looked at. */
  bytesRead: number;
}

export interface SlowRequests {
  /** Returns what is to be called when the response is closed. */
  watch(request: IncomingMessage, response: ServerResponse): () => void;
  stop(): void;
}

/**
 * Ends connections whose request does not arrive: whole within the limit, or, for long ones, any part of it. An unanswered one
 * gets 408. An answered one is cut no sooner: browsers see an answer only when they have sent all. Costs one entry per request,
 * no timer.
 */
export function watchSlowRequests(limitMs: number, isLong: (request: IncomingMessage) => boolean): SlowRequests {
  const arriving = new Slots<Watched>();
  const sweep = (): void => {
    const nowMs = performance.now();
    for (const watched of arriving) {
      const { request, socket, slot } = watched;
      if (request.complete || socket.destroyed) arriving.remove(slot, watched);
      else if (watched.isLong && socket.bytesRead > watched.bytesRead) {
        watched.bytesRead = socket.bytesRead;
        watched.sinceMs = nowMs;
      } else if (nowMs - watched.sinceMs > limitMs) {
        arriving.remove(slot, watched);
        if (!watched.response.headersSent && watched.response.socket !== null) socket.write(TIMED_OUT);
        socket.destroySoon();
      }
    }
  };
  const timer = setInterval(sweep, limitMs / SWEEPS);
  timer.unref();
  return {
    watch: (request, response) => {
      const { socket } = request;
      const { bytesRead } = socket;
      const sinceMs = performance.now();
      const watched: Watched = { request, slot: 0, socket, response, isLong: isLong(request), sinceMs, bytesRead };
      watched.slot = arriving.add(watched);
      // Most have arrived when they are answered; of those that have not, the rest is still to come.
      return () => {
        if (request.complete) arriving.remove(watched.slot, watched);
      };
    },
    stop: () => clearInterval(timer),
  };
}
