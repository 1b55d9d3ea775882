import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../../domain/errors.ts";
import type { Services } from "../http/services.ts";
import { authenticateToken, type Caller } from "./access-tokens.ts";

/** Tells who calls the API and counts the call against the token's rate; 401 or 429 otherwise. */
export async function requireCaller(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
  const nowMs = services.now();
  const caller = await authenticateToken(services.db, request.headers.authorization, nowMs);
  if (caller === null) {
    reply.header("www-authenticate", 'Basic realm="Playhead API"');
    throw new ApiError("unauthorized", ["Send a valid access token: its id and secret by Basic authentication"]);
  }
  const take = services.tokenBuckets.take(caller.tokenId, nowMs);
  reply.headers({
    "x-ratelimit-limit": String(services.tokenBurst),
    "x-ratelimit-remaining": String(take.remaining),
    "x-ratelimit-reset": String(Math.ceil(take.resetSeconds)),
  });
  if (!take.isAllowed) {
    const retryAfterSeconds = Math.max(1, Math.ceil(take.retryAfterSeconds));
    throw new ApiError("rate_limited", ["This access token makes too many requests"], { retryAfterSeconds });
  }
  return caller;
}
