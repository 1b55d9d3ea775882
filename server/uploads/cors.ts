import type { FastifyReply, FastifyRequest } from "fastify";
import { MAX_UPLOAD_BYTES } from "../../domain/upload/content-range.ts";
import { TUS_EXTENSIONS, TUS_VERSION } from "./tus/draft-store.ts";

/** A day; browsers cap it at two hours or less. */
const MAX_AGE_SECONDS = 86_400;
/** Headers of tus 1.0 that a page may read. */
const TUS_EXPOSED =
  "Location, Tus-Extension, Tus-Resumable, Tus-Version, Upload-Defer-Length, Upload-Length, Upload-Offset";

/**
 * What lets a page of the upload's origin send bytes and read `Range`, without which clients never learn that a piece arrived
 * in part. Errors carry it too: otherwise a page sees status 0 and gives up.
 *
 * @param corsOrigin as chosen with the upload; null when there is none to choose from
 */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply, corsOrigin: string | null): void {
  const origin = request.headers.origin;
  const isAllowed = origin !== undefined && corsOrigin !== null && isSameOrigin(origin, corsOrigin);
  const allowed = corsOrigin === null || corsOrigin === "*" ? "*" : isAllowed ? origin : corsOrigin;
  reply.headers({
    "access-control-allow-origin": allowed,
    "access-control-expose-headers": `Range, Retry-After, X-Request-Id, ${TUS_EXPOSED}`,
    vary: "Origin",
  });
}

export function answerPreflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = request.headers["access-control-request-headers"];
  return reply
    .headers({
      "access-control-allow-methods": "PUT, POST, PATCH, HEAD, DELETE, OPTIONS",
      // Clients may add headers of their own; what they are called changes nothing here.
      "access-control-allow-headers": `content-type, content-range${isHeaderList(asked) ? `, ${asked}` : ""}`,
      "access-control-max-age": String(MAX_AGE_SECONDS),
      // what tus asks for: a preflight is no other request
      "tus-resumable": TUS_VERSION,
      "tus-version": TUS_VERSION,
      "tus-extension": TUS_EXTENSIONS.join(","),
      "tus-max-size": String(MAX_UPLOAD_BYTES),
    })
    .code(204)
    .send();
}

function isHeaderList(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,1000}$/.test(text);
}

/** People write origins with a slash at the end, and host names in capitals. */
function isSameOrigin(origin: string, chosen: string): boolean {
  return origin.toLowerCase() === chosen.toLowerCase().replace(/\/+$/, "");
}
