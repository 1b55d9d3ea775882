import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { z } from "zod";
import { ApiError } from "../../domain/errors.ts";
import { permissionOf } from "../auth/route-permission.ts";
import type { App } from "./app.ts";
import { type Claim, claimKey, claimOf, IdempotencyKey, KEY_HEADER, keepBody, REPLAYED_HEADER } from "./idempotency.ts";
import type { Services } from "./services.ts";

/** Writes that change nothing more when they are done again. */
const REPEATABLE = ["PUT", "PATCH", "DELETE"];

/** An answer as it is kept; a 204 has no payload. */
const Kept = z.object({ status: z.number(), payload: z.string().nullable() });

const claims = new WeakMap<FastifyRequest, Claim>();

/**
 * Takes an `Idempotency-Key` on every guarded route that changes or deletes: the same request has the first answer again (a
 * DELETE its 204), another under the same key is 422. Done twice these writes do no harm, so their answers are kept behind the
 * write and not in its transaction: where that fails, or the first is still under way, the request is simply done again.
 * Must come before the routes. What creates has {@link writeOnce}.
 */
export function takeKeysOfRepeatableWrites(app: App, services: Services): void {
  app.addHook("onRoute", (route) => {
    if (!isRepeatable(route)) return;
    route.preHandler = [[route.preHandler ?? []].flat(), claim].flat();
    route.onSend = [[route.onSend ?? []].flat(), keep].flat();
  });

  async function claim(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const key = keyOf(request);
    if (key === null) return undefined;
    const ours = claimOf(request, key);
    const kept = await claimKey(services.db, ours, services.now());
    if (kept === null || kept.body === null) return void claims.set(request, ours);
    const { status, payload } = Kept.parse(kept.body);
    reply.code(status).header(REPLAYED_HEADER, "true");
    if (payload !== null) reply.type("application/json; charset=utf-8");
    return reply.send(payload ?? undefined);
  }

  async function keep(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    const ours = claims.get(request);
    if (ours === undefined) return payload;
    const answer = {
      status: reply.statusCode,
      payload: typeof payload === "string" && payload !== "" ? payload : null,
    };
    const isDone = answer.status < 300;
    try {
      if (isDone)
        await services.db.transaction().execute((transaction) => keepBody(transaction, ours, answer, services.now()));
      else await forget(services, ours);
    } catch (error) {
      request.log.warn({ err: error }, "answer not kept");
    }
    return payload;
  }
}

function isRepeatable({ method, onRequest }: RouteOptions): boolean {
  const isGuarded = permissionOf([onRequest ?? []].flat()) !== null;
  return isGuarded && [method].flat().every((one) => REPEATABLE.includes(one));
}

function keyOf(request: FastifyRequest): string | null {
  const sent = request.headers[KEY_HEADER];
  if (sent === undefined) return null;
  const key = IdempotencyKey.safeParse(sent);
  if (!key.success)
    throw new ApiError("invalid_parameters", [
      `${KEY_HEADER}: ${key.error.issues.map((issue) => issue.message).join()}`,
    ]);
  return key.data;
}

/** What failed changed nothing, and its key may be tried again. */
async function forget(services: Services, { environmentId, key, hash }: Claim): Promise<void> {
  await services.db
    .deleteFrom("idempotency_keys")
    .where("environment_id", "=", environmentId)
    .where("key", "=", key)
    .where("request_sha256", "=", hash)
    .where("body", "is", null)
    .execute();
}

/** A `preHandler` of writes whose answer holds a secret: what is not kept cannot be given again. */
export async function refuseIdempotencyKey(request: FastifyRequest): Promise<void> {
  if (request.headers[KEY_HEADER] !== undefined)
    throw new ApiError("invalid_parameters", [
      `${KEY_HEADER}: is not taken here, since the answer holds a secret that is not kept`,
    ]);
}
