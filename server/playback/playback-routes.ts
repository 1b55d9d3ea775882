import replyFrom from "@fastify/reply-from";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ApiError } from "../../domain/errors.ts";
import type { App } from "../http/app.ts";
import type { Services } from "../http/services.ts";

/** Longer than delivery gives a transcoder to make a segment. */
const ANSWER_TIMEOUT_MS = 35_000;
const CONNECTIONS = 64;
const RETRY_SECONDS = 2;

/** Twenty letters and more: no fixed path of ours is that long. */
const PLAYBACK_ID = "[A-Za-z0-9]{20,64}";

const Params = z.object({ "*": z.string().default("") });

/**
 * Playback URLs on the API's host: SDKs send every call to one base URL, `GET /{playback_id}/thumbnail.jpg` among them
 * (reference video-api.md §0.1). Delivery answers; the access token that SDKs add is none of its business.
 */
export function playbackRoutes(app: App, services: Services): void {
  app.register(async (scope) => {
    await scope.register(replyFrom, {
      base: services.deliveryUrl,
      disableRequestLogging: true,
      undici: { connections: CONNECTIONS, headersTimeout: ANSWER_TIMEOUT_MS, bodyTimeout: ANSWER_TIMEOUT_MS },
    });
    for (const url of [`/:playback(^${PLAYBACK_ID}(?:\\.(?:m3u8|mpd))?$)`, `/:playback(^${PLAYBACK_ID}$)/*`])
      scope.route({
        method: ["GET", "HEAD", "OPTIONS"],
        url,
        exposeHeadRoute: false,
        schema: { hide: true },
        handler: (request, reply) => forward(request, reply),
      });
  });
}

function forward(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { "*": rest } = Params.parse(request.params);
  if (rest.includes("..")) throw new ApiError("not_found", ["There is no such playback URL"]); // it would lead out of the id
  return reply.from(undefined, {
    retryDelay: () => null, // a 503 of delivery is an answer: the player comes again
    rewriteRequestHeaders: (_, headers) => {
      const { authorization: _authorization, cookie: _cookie, "x-forwarded-for": before, ...rest } = headers;
      const hops = [before, request.socket.remoteAddress].flat().filter((hop) => hop !== undefined);
      return { ...rest, "x-forwarded-for": hops.join(", "), "x-request-id": request.id };
    },
    onError: (broken, { error }) => {
      const options = { cause: error, retryAfterSeconds: RETRY_SECONDS };
      broken.send(new ApiError("unavailable", ["Playback cannot be reached just now"], options));
    },
  });
}
