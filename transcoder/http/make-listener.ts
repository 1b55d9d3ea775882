import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import {
  ANIMATION_FORMATS,
  IMAGE_FORMATS,
  type MadeObject,
  type Wanted,
  type WantedPicture,
} from "../../domain/media/transcoder-wire.ts";
import { ObjectMissingError } from "../../platform/objects/objects.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import { NothingToMakeError, type ObjectMaker } from "../make/make-object.ts";
import { BusyError } from "../make/slots.ts";
import { MakeRequest } from "./make-request.ts";

export interface MakeParts {
  maker: Pick<ObjectMaker, "make">;
  /** Null where there is no picture. */
  image: (wanted: WantedPicture, signal: AbortSignal) => Promise<Buffer | null>;
  secret: string;
  log: Logger;
}

const MAX_BODY_BYTES = 4_096;
const RETRY_AFTER_SECONDS = "2";

/**
 * `POST /make`: makes what delivery misses. 200 with what was made, 400, 401, 404, or 503 with `Retry-After` when it cannot be
 * made now. A client that leaves stops the work, unless others wait for the same.
 */
export function makeListener(parts: MakeParts): RequestListener {
  return (request, response) => {
    const left = new AbortController();
    response.once("close", () => left.abort(new Error("the client left")));
    answer(parts, request, response, left.signal).catch((error: unknown) => {
      if (left.signal.aborted) return;
      if (error instanceof NothingToMakeError) return end(response, 404, error.message);
      if (error instanceof ObjectMissingError) return end(response, 404, "What it is made of is gone"); // deleted
      if (error instanceof BusyError) return end(response, 503, "Too much is wanted just now");
      parts.log.error({ err: error }, "cannot make what was asked for");
      end(response, 503, "It cannot be made just now");
    });
  };
}

async function answer(
  parts: MakeParts,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (request.method !== "POST" || request.url !== "/make") return end(response, 404, "There is only POST /make");
  if (!isAllowed(request, parts.secret)) return end(response, 401, "Send the shared secret");
  if (Number(request.headers["content-length"] ?? Number.NaN) <= MAX_BODY_BYTES === false) {
    return end(response, 400, "Send a small JSON body with its length");
  }
  const wanted = MakeRequest.safeParse(await json(request).catch(() => null));
  if (!wanted.success) return end(response, 400, wanted.error.issues.map(({ message }) => message).join("; "));
  await make(parts, wanted.data, response, signal);
}

async function make(parts: MakeParts, wanted: Wanted, response: ServerResponse, signal: AbortSignal): Promise<void> {
  if (wanted.kind !== "init" && wanted.kind !== "segment") {
    const image = await parts.image(wanted, signal);
    if (image === null) return end(response, 404, "There is no picture");
    const type = { ...IMAGE_FORMATS, ...ANIMATION_FORMATS }[wanted.format];
    response.writeHead(200, { "content-type": type, "content-length": image.length }).end(image);
    return;
  }
  const { key, sizeBytes, sha256 } = await parts.maker.make(wanted, "viewer", signal);
  const made: MadeObject = { key, sizeBytes, sha256 };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(made));
}

function isAllowed(request: IncomingMessage, secret: string): boolean {
  const given = request.headers.authorization ?? "";
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(`Bearer ${secret}`));
}

function end(response: ServerResponse, status: number, message: string): void {
  const retry = status === 503 ? { "retry-after": RETRY_AFTER_SECONDS } : {};
  response.writeHead(status, { "content-type": "application/json", ...retry }).end(JSON.stringify({ message }));
}
