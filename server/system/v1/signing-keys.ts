import { z } from "zod";
import { isMediaId } from "../../../domain/asset/media-id.ts";
import { ApiError } from "../../../domain/errors.ts";
import type { Postgres, PostgresTransaction } from "../../../platform/postgres/pool.ts";
import type { Row } from "../../../platform/postgres/schema.ts";
import { makeSigningKey } from "../../../platform/tokens/make-signing-key.ts";
import type { Caller } from "../../auth/access-tokens.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import { recordAudit } from "../../auth/audit.ts";
import { auditEntryOf } from "../../auth/audit-entry.ts";
import { Turns } from "../../data/turns.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { PageQuery } from "../../http/paging.ts";
import { refuseIdempotencyKey } from "../../http/repeatable-writes.ts";
import { type Capped, requireRoom } from "../../http/require-room.ts";
import type { Services } from "../../http/services.ts";
import { unixSeconds } from "../../http/unix-seconds.ts";

const Params = z.object({ signing_key_id: z.string() });

const SigningKeyWire = z.object({
  id: z.string().describe("The kid of tokens that are signed with it"),
  created_at: z.string().describe("Unix seconds"),
});
const NewSigningKeyWire = SigningKeyWire.extend({
  private_key: z
    .string()
    .describe("RSA of 2048 bits for RS256: PEM (PKCS#1) in base64. Given here alone and kept nowhere"),
});

const KEYS: Capped = { most: 100, noun: "signing keys" };

/** Making one takes a thread of those that files and passwords need too. */
const TURNS = { atOnce: 1, atOnceOfOne: 1, ofOne: 4, waiting: 20 };
const TURN_REFUSALS = {
  ofOne: `This environment has ${TURNS.ofOne} signing keys being made`,
  waiting: "Too many signing keys are being made just now",
};

/** Where the routes are. */
interface Place {
  path: string;
  hide: boolean;
}
const OURS: Place = { path: "/system/v1/signing-keys", hide: false };
/** As very old clients know it; no part of the document. */
const ALIAS: Place = { path: "/video/v1/signing-keys", hide: true };

const one = z.object({ data: SigningKeyWire });
const common = { tags: ["System"], security: [{ accessToken: [] }] };

/** /system/v1/signing-keys (reference video-api.md §7.1): keys with which customers sign tokens for players and pages. */
export function signingKeyRoutes(app: App, services: Services): void {
  const turns = new Turns(TURNS, TURN_REFUSALS);
  for (const at of [OURS, ALIAS]) {
    createRoute(app, services, at, turns);
    listRoute(app, services, at);
    singleRoutes(app, services, at);
  }
}

function createRoute(app: App, services: Services, { path, hide }: Place, turns: Turns): void {
  app.post(
    path,
    {
      onRequest: allow(services, "system:write"),
      preHandler: refuseIdempotencyKey,
      schema: {
        ...common,
        hide,
        summary: "Create a signing key",
        description: "Takes no `Idempotency-Key`: the private key is not kept, so it cannot be given again.",
        response: { ...REFUSALS, 422: ErrorBody, 201: z.object({ data: NewSigningKeyWire }) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const made = await turns.take(caller.environmentId, () => makeKey(services, caller));
      return reply.code(201).send({ data: made });
    },
  );
}

async function makeKey(services: Services, caller: Caller): Promise<z.output<typeof NewSigningKeyWire>> {
  const { db } = services;
  await db.transaction().execute((transaction) => roomForKey(transaction, caller)); // before the work of making one
  const { publicKey, privateKey } = await makeSigningKey();
  const row = await db.transaction().execute(async (transaction) => {
    await roomForKey(transaction, caller);
    const made = await transaction
      .insertInto("signing_keys")
      .values({
        environment_id: caller.environment.id,
        id: services.newId(),
        public_key: publicKey,
        created_at: new Date(services.now()),
      })
      .returning(["id", "created_at"])
      .executeTakeFirstOrThrow();
    await recordAudit(transaction, auditEntryOf(caller, "signing_key.create", made.id));
    return made;
  });
  return { ...signingKeyToWire(row), private_key: Buffer.from(privateKey).toString("base64") };
}

function roomForKey(transaction: PostgresTransaction, caller: Caller): Promise<void> {
  return requireRoom(transaction, caller.environment.id, KEYS, () =>
    livingKeys(transaction, caller)
      .clearSelect()
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow(),
  );
}

function listRoute(app: App, services: Services, { path, hide }: Place): void {
  app.get(
    path,
    {
      onRequest: allow(services, "system:read"),
      schema: {
        ...common,
        hide,
        summary: "List signing keys, newest first",
        querystring: PageQuery,
        response: { ...REFUSALS, 200: z.object({ data: z.array(SigningKeyWire) }) },
      },
    },
    async (request) => {
      const { page, limit } = request.query;
      const rows = await livingKeys(services.db, callerOf(request))
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(limit)
        .offset((page - 1) * limit)
        .execute();
      return { data: rows.map(signingKeyToWire) };
    },
  );
}

function singleRoutes(app: App, services: Services, { path, hide }: Place): void {
  app.get(
    `${path}/:signing_key_id`,
    {
      onRequest: allow(services, "system:read"),
      schema: {
        ...common,
        hide,
        summary: "Retrieve a signing key",
        params: Params,
        response: { ...REFUSALS, 200: one },
      },
    },
    async (request) => {
      const { signing_key_id: id } = request.params;
      const row = isMediaId(id)
        ? await livingKeys(services.db, callerOf(request)).where("id", "=", id).executeTakeFirst()
        : undefined;
      if (row === undefined) throw missing(id);
      return { data: signingKeyToWire(row) };
    },
  );
  app.delete(
    `${path}/:signing_key_id`,
    {
      onRequest: allow(services, "system:write"),
      schema: {
        ...common,
        hide,
        summary: "Delete a signing key",
        params: Params,
        response: { ...REFUSALS, 204: z.void() },
      },
    },
    async (request, reply) => {
      await deleteKey(services, callerOf(request), request.params.signing_key_id);
      return reply.code(204).send();
    },
  );
}

async function deleteKey(services: Services, caller: Caller, id: string): Promise<void> {
  if (!isMediaId(id)) throw missing(id);
  await services.db.transaction().execute(async (transaction) => {
    const deleted = await transaction
      .updateTable("signing_keys")
      .set({ deleted_at: new Date(services.now()) })
      .where("environment_id", "=", caller.environment.id)
      .where("id", "=", id)
      .where("deleted_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    if (deleted === undefined) throw missing(id);
    await recordAudit(transaction, auditEntryOf(caller, "signing_key.delete", id));
  });
}

function livingKeys(db: Postgres | PostgresTransaction, { environment }: Caller) {
  return db
    .selectFrom("signing_keys")
    .select(["id", "created_at"])
    .where("environment_id", "=", environment.id)
    .where("deleted_at", "is", null);
}

function signingKeyToWire({ id, created_at }: Pick<Row<"signing_keys">, "id" | "created_at">) {
  return { id, created_at: unixSeconds(created_at) };
}

function missing(id: string): ApiError {
  return new ApiError("not_found", [`Signing key ${id} does not exist, or does not belong to this environment`]);
}
