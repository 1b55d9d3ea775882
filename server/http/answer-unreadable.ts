import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import type { API_ERRORS, ApiErrorType, ErrorWire } from "../../domain/errors.ts";

/** How long the rest of a refused request is taken and dropped: closing at once would tear the answer from the client's hands. */
const DRAIN_MS = 2_000;

const HEADERS_TOO_LARGE = "HPE_HEADER_OVERFLOW";

/** Answers what is no HTTP request, or too large for one, in the shape of all other errors; Node's own answer has no body. */
export function answerUnreadable(servers: readonly Server[]): void {
  const refused = new WeakSet<Duplex>();
  for (const server of servers)
    server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
      if (refused.has(socket)) return; // what still arrives is no request either
      refused.add(socket);
      if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
      socket.on("error", () => socket.destroy());
      socket.end(error.code === HEADERS_TOO_LARGE ? tooLarge() : unreadable());
      setTimeout(() => socket.destroy(), DRAIN_MS).unref();
    });
}

function tooLarge(): string {
  return answer("headers_too_large", "431 Request Header Fields Too Large", "URL and headers have more than 64 KiB");
}

function unreadable(): string {
  return answer("invalid_parameters", "400 Bad Request", "The request cannot be read");
}

function answer(type: ApiErrorType, status: `${(typeof API_ERRORS)[ApiErrorType]} ${string}`, message: string): string {
  const body = JSON.stringify({ error: { type, messages: [message] } } satisfies ErrorWire);
  const head = ["content-type: application/json; charset=utf-8", `content-length: ${body.length}`, "connection: close"];
  return [`HTTP/1.1 ${status}`, ...head, "", body].join("\r\n");
}
