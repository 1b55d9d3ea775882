import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { API_ERRORS, type ErrorWire } from "../../domain/errors.ts";

/** As the server's. The largest body of ours is a sign-in; next-auth holds a whole body in memory, whoever sends it. */
const MAX_BODY_BYTES = 1_048_576;

/** True also for a body that does not tell its length, which browsers send of no page of ours. */
export function isBodyTooLarge(headers: IncomingHttpHeaders): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > MAX_BODY_BYTES;
}

export function refuseBody(response: ServerResponse): void {
  const messages = [`Send a body of at most ${MAX_BODY_BYTES} bytes, with its Content-Length`];
  const body: ErrorWire = { error: { type: "payload_too_large", messages } };
  response.writeHead(API_ERRORS.payload_too_large, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(body));
}
