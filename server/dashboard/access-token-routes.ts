import { z } from "zod";
import { ApiError } from "../../domain/errors.ts";
import type { Row } from "../../platform/postgres/schema.ts";
import { recordAudit } from "../auth/audit.ts";
import { SCOPES } from "../auth/scopes.ts";
import { newAccessTokenSecret, sha256 } from "../auth/secrets.ts";
import { requireSession } from "../auth/session-guard.ts";
import type { App } from "../http/app.ts";
import { PageQuery } from "../http/paging.ts";
import type { Services } from "../http/services.ts";
import { text } from "../http/text.ts";
import { type EnvironmentOfPerson, requireEnvironment } from "./environments.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PATH = "/dashboard/v1/environments/:id/access-tokens";

const Params = z.object({ id: z.string() });

const Create = z.object({
  name: text(200).refine((name) => name.trim() !== "", "must not be empty"),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .max(SCOPES.length)
    .transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope))),
});

const TokenWire = z.object({
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(z.string()),
  created_at: z.iso.datetime(),
  /** null where that person is gone, or nobody was signed in. */
  created_by: z.string().nullable(),
  /** To the minute; null before the first use. */
  last_used_at: z.iso.datetime().nullable(),
});

/**
 * /dashboard/v1/environments/{id}/access-tokens, for owners and admins: GET lists those in use, newest first; POST makes one and
 * shows its secret, once; DELETE …/{token_id} revokes one: its next request is 401.
 */
export function accessTokenRoutes(app: App, services: Services): void {
  listRoute(app, services);
  createRoute(app, services);
  revokeRoute(app, services);
}

function listRoute(app: App, services: Services): void {
  app.get(
    PATH,
    {
      schema: {
        hide: true,
        params: Params,
        querystring: PageQuery,
        response: { 200: z.object({ access_tokens: z.array(TokenWire) }) },
      },
    },
    async (request) => {
      const { person } = await requireSession(services, request);
      const environment = await requireKeeper(services, person.id, request.params.id);
      const { page, limit } = request.query;
      const rows = await services.db
        .selectFrom("access_tokens as t")
        .leftJoin("people as p", "p.id", "t.created_by")
        .select(["t.id", "t.name", "t.scopes", "t.created_at", "t.last_used_at", "p.name as created_by"])
        .where("t.environment_id", "=", environment.id)
        .where("t.revoked_at", "is", null)
        .orderBy("t.created_at", "desc")
        .orderBy("t.id")
        .limit(limit)
        .offset((page - 1) * limit)
        .execute();
      return { access_tokens: rows.map(tokenToWire) };
    },
  );
}

function createRoute(app: App, services: Services): void {
  app.post(
    PATH,
    {
      schema: {
        hide: true,
        params: Params,
        body: Create,
        response: { 201: TokenWire.extend({ secret: z.string() }) },
      },
    },
    async (request, reply) => {
      const { person } = await requireSession(services, request);
      const environment = await requireKeeper(services, person.id, request.params.id);
      const { name, scopes } = request.body;
      const secret = newAccessTokenSecret();
      const row = await services.db.transaction().execute(async (transaction) => {
        const made = await transaction
          .insertInto("access_tokens")
          .values({
            environment_id: environment.id,
            name,
            scopes,
            secret_sha256: sha256(secret),
            created_by: person.id,
            created_at: new Date(services.now()),
          })
          .returning(["id", "name", "scopes", "created_at", "last_used_at"])
          .executeTakeFirstOrThrow();
        const entry = entryOf(environment, person.id, made.id);
        await recordAudit(transaction, { ...entry, action: "access_token.create", detail: { name, scopes } });
        return made;
      });
      return reply.code(201).send({ ...tokenToWire({ ...row, created_by: person.name }), secret });
    },
  );
}

function revokeRoute(app: App, services: Services): void {
  app.delete(
    `${PATH}/:token_id`,
    { schema: { hide: true, params: Params.extend({ token_id: z.string() }) } },
    async (request, reply) => {
      const { person } = await requireSession(services, request);
      const environment = await requireKeeper(services, person.id, request.params.id);
      const { token_id: id } = request.params;
      const missing = new ApiError("not_found", ["This access token does not exist, or is revoked already"]);
      if (!UUID.test(id)) throw missing;
      await services.db.transaction().execute(async (transaction) => {
        const revoked = await transaction
          .updateTable("access_tokens")
          .set({ revoked_at: new Date(services.now()) })
          .where("environment_id", "=", environment.id)
          .where("id", "=", id)
          .where("revoked_at", "is", null)
          .returning("name")
          .executeTakeFirst();
        if (revoked === undefined) throw missing;
        const entry = entryOf(environment, person.id, id);
        await recordAudit(transaction, { ...entry, action: "access_token.revoke", detail: { name: revoked.name } });
      });
      return reply.code(204).send();
    },
  );
}

/** An environment whose tokens this person may manage. */
async function requireKeeper({ db }: Services, personId: string, id: string): Promise<EnvironmentOfPerson> {
  const environment = await requireEnvironment(db, personId, id);
  if (environment.role === "owner" || environment.role === "admin") return environment;
  throw new ApiError("forbidden", ["Access tokens are for owners and admins"]);
}

function entryOf({ id, organization }: EnvironmentOfPerson, personId: string, target: string) {
  return { organizationId: organization.id, environmentId: id, by: { personId }, target };
}

type TokenRow = Pick<Row<"access_tokens">, "id" | "name" | "scopes" | "created_at" | "last_used_at" | "created_by">;

function tokenToWire({ created_at, last_used_at, ...row }: TokenRow): z.input<typeof TokenWire> {
  return {
    ...row,
    created_at: created_at.toISOString(),
    last_used_at: last_used_at === null ? null : last_used_at.toISOString(),
  };
}
