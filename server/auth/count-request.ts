import type { FastifyReply } from "fastify";
import { ApiError } from "../../domain/errors.ts";
import type { Services } from "../http/services.ts";

/**
 * Counts a request against somebody's rate, and tells with the answer how much is left of it.
 *
 * @throws ApiError `rate_limited` with the message where nothing is
 */
export function countRequest(
  { tokenBuckets, tokenBurst, now }: Pick<Services, "tokenBuckets" | "tokenBurst" | "now">,
  reply: FastifyReply,
  key: string,
  message: string,
): void {
  const take = tokenBuckets.take(key, now());
  reply.headers({
    "x-ratelimit-limit": String(tokenBurst),
    "x-ratelimit-remaining": String(take.remaining),
    "x-ratelimit-reset": String(Math.ceil(take.resetSeconds)),
  });
  if (take.isAllowed) return;
  const retryAfterSeconds = Math.max(1, Math.ceil(take.retryAfterSeconds));
  throw new ApiError("rate_limited", [message], { retryAfterSeconds });
}
