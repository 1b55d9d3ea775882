import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ApiError } from "../../domain/errors.ts";
import { addJobUnlessWaiting } from "../../platform/jobs/jobs.ts";
import { pastDeadlocks } from "../../platform/postgres/deadlock.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import { callerOf } from "../auth/api-guard.ts";
import { KEPT_MS, reapKeysJob } from "./reap-idempotency-keys.ts";
import type { Services } from "./services.ts";

export const KEY_HEADER = "idempotency-key";

export const REPLAYED_HEADER = "idempotent-replayed";

export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "may have 1 to 255 visible ASCII characters, without spaces");

/** Headers of a write that may be sent twice. Loose: others are none of its business. */
export const IdempotencyHeaders = z.looseObject({
  [KEY_HEADER]: IdempotencyKey.optional().describe(
    "Sent again within 24 hours with the same body, the request changes nothing and has the same answer",
  ),
});

/**
 * Does a write in a transaction and gives what it made. Where the request names an `Idempotency-Key`, the answer is kept in
 * that transaction: the same request gets it again, another one under the same key is refused with 422, and one that comes
 * while the first is under way waits for it. What fails is rolled back with the key, so that it can be tried again.
 *
 * @param work makes the `data` of the answer, plain JSON, with this transaction alone: what it does elsewhere could happen twice,
 *   and it is done anew where it ended in a deadlock
 */
export function writeOnce<T extends object>(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (transaction: PostgresTransaction) => Promise<T>,
): Promise<T> {
  const key = request.headers[KEY_HEADER];
  return pastDeadlocks(services.db, async (transaction) => {
    if (typeof key !== "string") return work(transaction);
    const claim = claimOf(request, key);
    const kept = await claimKey(transaction, claim, services.now());
    if (kept !== null) {
      if (kept.body === null) throw new Error("a kept key has no answer");
      reply.header(REPLAYED_HEADER, "true");
      return kept.body as T; // made by this route: the path is part of what was compared
    }
    const body = await work(transaction);
    await keepBody(transaction, claim, body, services.now());
    return body;
  });
}

export interface Claim {
  environmentId: string;
  key: string;
  hash: Buffer;
}

export function claimOf(request: FastifyRequest, key: string): Claim {
  return { environmentId: callerOf(request).environment.id, key, hash: hashOf(request) };
}

/** The body as the schema read it: the order of its members and what the route does not know make no difference. */
function hashOf({ method, url, body }: FastifyRequest): Buffer {
  return createHash("sha256")
    .update(JSON.stringify([method, url.split("?", 1)[0], body ?? null]))
    .digest();
}

/**
 * Null when the key is ours now, else what is kept under it: no body while the first request is under way. The insert waits
 * while another transaction holds the key. Throws where it belongs to another request.
 */
export async function claimKey(
  db: Postgres | PostgresTransaction,
  { environmentId, key, hash }: Claim,
  nowMs: number,
): Promise<{ body: object | null } | null> {
  const fresh = { request_sha256: hash, body: null, created_at: new Date(nowMs) };
  const claimed = await db
    .insertInto("idempotency_keys")
    .values({ environment_id: environmentId, key, ...fresh })
    .onConflict((conflict) =>
      conflict
        .columns(["environment_id", "key"])
        .doUpdateSet(fresh)
        .where("idempotency_keys.created_at", "<=", new Date(nowMs - KEPT_MS)),
    )
    .returning("key")
    .executeTakeFirst();
  if (claimed !== undefined) return null;
  const { request_sha256, body } = await db
    .selectFrom("idempotency_keys")
    .select(["request_sha256", "body"])
    .where("environment_id", "=", environmentId)
    .where("key", "=", key)
    .executeTakeFirstOrThrow();
  if (!hash.equals(request_sha256))
    throw new ApiError("idempotency_key_reused", [
      "Idempotency-Key: belongs to another request of the last 24 hours; use a new key for a new write",
    ]);
  return { body };
}

export async function keepBody(
  transaction: PostgresTransaction,
  { environmentId, key }: Claim,
  body: object,
  nowMs: number,
): Promise<void> {
  await addJobUnlessWaiting(transaction, reapKeysJob(new Date(nowMs + KEPT_MS)));
  await transaction
    .updateTable("idempotency_keys")
    .set({ body: JSON.stringify(body) })
    .where("environment_id", "=", environmentId)
    .where("key", "=", key)
    .execute();
}
