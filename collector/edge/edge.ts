import type { IncomingMessage, ServerResponse } from "node:http";
import { LogUnavailableError } from "../../platform/eventlog/eventlog.ts";
import { type InputReply, matchInput } from "./inputs/match-input.ts";
import { KeepRequest, type KeepRequestDeps, type Kept } from "./keep-request.ts";
import { readBody, skipBody } from "./request-body.ts";

/**
 * The beacon endpoint (data-wire.md §1–2): any path, any content type. POST answers 200 when all of the request is
 * durable, and 503 when the log cannot be written; nothing else, since SDKs send again for ever on anything but 2xx.
 * GET answers 200, the check of a custom domain. A body over 4 MiB closes the connection. CMCD and EPAS have paths of their
 * own (docs/inputs.md).
 */
export function createEdge(deps: KeepRequestDeps): (request: IncomingMessage, response: ServerResponse) => void {
  const keeping = new KeepRequest(deps);
  return (request, response) => {
    answer(deps, keeping, request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return deps.metrics.aborted(); // the client left in mid-body
      deps.log.error({ err: error }, "beacon request failed");
      deps.metrics.answered(503);
      send(response, 503, "unavailable\n");
    });
  };
}

async function answer(
  deps: KeepRequestDeps,
  keeping: KeepRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "POST" && matchInput(request) === null) return greet(request, response);
  if (!deps.environments.ready() || !deps.errorCategories.ready()) {
    deps.metrics.answered(503); // nobody could be told from a stranger yet, nor a failure from a refusal
    return send(response, 503, "starting\n");
  }
  const { socket } = request; // gone from the request once its stream is destroyed
  const kept = await read(keeping, request);
  if (kept === "too_large") {
    deps.metrics.tooLarge();
    socket.destroy();
    return;
  }
  if (kept === "owner_unknown") return refuse(deps, response);
  try {
    await kept.durable;
  } catch (error) {
    if (!(error instanceof LogUnavailableError)) throw error;
    deps.log.warn({ err: error }, "log does not take records");
    return refuse(deps, response);
  }
  kept.onDurable();
  deps.metrics.answered(200);
  if (kept.rejected !== "") tellRejected(response, kept.rejected);
  send(response, 200, kept.reply ?? "ok\n");
}

/** Not an async function beyond the body: its frame would hold the parsed events while the disk works. */
async function read(keeping: KeepRequest, request: IncomingMessage): Promise<Kept | "owner_unknown" | "too_large"> {
  if (keeping.isLimited(request)) return (await skipBody(request)) ? keeping.limited(request) : "too_large";
  const body = await readBody(request, keeping.roomFor(request));
  if (body.kind === "limited") return keeping.limited(request);
  if (body.kind !== "too_large") return keeping.keep(request, body);
  keeping.tooLarge(request, body.bytes);
  return "too_large";
}

/** For people, pages that look into their own beacons, and replays. */
function tellRejected(response: ServerResponse, rejected: string): void {
  response.setHeader("x-playhead-rejected", rejected);
  response.setHeader("access-control-expose-headers", "x-playhead-rejected");
}

/** CORS-simple requests need one header; a preflight, which these clients never send, is answered politely. */
function greet(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === "OPTIONS") {
    const asked = request.headers["access-control-request-headers"] ?? "content-type";
    response.setHeader("access-control-allow-methods", "POST, GET, OPTIONS");
    response.setHeader("access-control-allow-headers", asked);
    response.setHeader("access-control-max-age", "86400");
  }
  send(response, 200, "ok\n");
}

/** What the client sends again later is not lost. */
function refuse({ metrics }: KeepRequestDeps, response: ServerResponse): void {
  metrics.answered(503);
  send(response, 503, "unavailable\n");
}

function send(response: ServerResponse, status: number, reply: string | InputReply): void {
  const { contentType, body } = typeof reply === "string" ? { contentType: "text/plain", body: reply } : reply;
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    "access-control-allow-origin": "*",
    "cache-control": "no-store",
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
