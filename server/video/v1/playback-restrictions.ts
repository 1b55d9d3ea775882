import { z } from "zod";
import { isDomainPattern } from "../../../domain/playback/restriction.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { IdempotencyHeaders, writeOnce } from "../../http/idempotency.ts";
import { PageQuery } from "../../http/paging.ts";
import type { Services } from "../../http/services.ts";
import { unixSeconds } from "../../http/unix-seconds.ts";
import { withoutNulls } from "../../http/without-nulls.ts";
import {
  changeRestriction,
  insertRestriction,
  listRestrictions,
  type RestrictionRow,
  requireRestriction,
} from "../playback-restrictions.ts";

const MAX_DOMAINS = 100;

const Params = z.object({ playback_restriction_id: z.string() });

const Domain = z
  .string()
  .transform((text) => text.trim().toLowerCase())
  .refine(isDomainPattern, 'must be a host such as example.com, one behind a wildcard (*.example.com), or "*"');

const Domains = z
  .array(Domain)
  .max(MAX_DOMAINS)
  .describe('[]: no page; ["*"]: every page; else hosts, where a leading "*." stands for exactly one label');

/** Changed as a whole: a list that is left out would shut every page out. */
const Referrer = z.object({
  allowed_domains: Domains,
  allow_no_referrer: z.boolean().default(false).describe("Requests without Referer and Origin, as applications send"),
});
/** Changed as a whole: a rule that is left out would be lifted. */
const UserAgent = z.object({
  allow_no_user_agent: z.boolean().describe("Requests without User-Agent"),
  allow_high_risk_user_agent: z.boolean().describe("Programs that fetch rather than play"),
});
const Create = z.object({
  referrer: Referrer.extend({ allowed_domains: Domains.default([]) }),
  user_agent: z
    .object({
      allow_no_user_agent: UserAgent.shape.allow_no_user_agent.default(true),
      allow_high_risk_user_agent: UserAgent.shape.allow_high_risk_user_agent.default(true),
    })
    .prefault({}),
});

const RestrictionWire = z.object({
  id: z.string().describe("For the claim playback_restriction_id of tokens"),
  created_at: z.string().describe("Unix seconds"),
  updated_at: z.string().describe("Unix seconds"),
  referrer: z.object({ allowed_domains: z.array(z.string()), allow_no_referrer: z.boolean() }),
  user_agent: z.object({ allow_no_user_agent: z.boolean(), allow_high_risk_user_agent: z.boolean() }),
});

const one = z.object({ data: RestrictionWire });
const common = { tags: ["Playback restrictions"], security: [{ accessToken: [] }] };
const PATH = "/video/v1/playback-restrictions";

/** /video/v1/playback-restrictions (reference video-api.md §6): who may play with tokens that name them. */
export function playbackRestrictionRoutes(app: App, services: Services): void {
  listRoutes(app, services);
  singleRoutes(app, services);
  changeRoutes(app, services);
}

function listRoutes(app: App, services: Services): void {
  app.post(
    PATH,
    {
      onRequest: allow(services, "video:write"),
      preValidation: withoutNulls,
      schema: {
        ...common,
        summary: "Create a playback restriction",
        headers: IdempotencyHeaders,
        body: Create,
        response: { ...REFUSALS, 422: ErrorBody, 201: one },
      },
    },
    async (request, reply) => {
      const { referrer, user_agent } = request.body;
      const data = await writeOnce(services, request, reply, async (transaction) =>
        toWire(await insertRestriction(transaction, services, callerOf(request), { ...referrer, ...user_agent })),
      );
      return reply.code(201).send({ data });
    },
  );
  app.get(
    PATH,
    {
      onRequest: allow(services, "video:read"),
      schema: {
        ...common,
        summary: "List playback restrictions, newest first",
        querystring: PageQuery,
        response: { ...REFUSALS, 200: z.object({ data: z.array(RestrictionWire) }) },
      },
    },
    async (request) => {
      const rows = await listRestrictions(services.db, callerOf(request).environment.id, request.query);
      return { data: rows.map(toWire) };
    },
  );
}

function singleRoutes(app: App, services: Services): void {
  const path = `${PATH}/:playback_restriction_id` as const;
  app.get(
    path,
    {
      onRequest: allow(services, "video:read"),
      schema: {
        ...common,
        summary: "Retrieve a playback restriction",
        params: Params,
        response: { ...REFUSALS, 200: one },
      },
    },
    async (request) => {
      const { playback_restriction_id: id } = request.params;
      return { data: toWire(await requireRestriction(services.db, callerOf(request).environment.id, id)) };
    },
  );
  app.delete(
    path,
    {
      onRequest: allow(services, "video:write"),
      schema: {
        ...common,
        summary: "Delete a playback restriction",
        description: "Tokens that name it play nothing any more, within 10 seconds.",
        params: Params,
        response: { ...REFUSALS, 204: z.void() },
      },
    },
    async (request, reply) => {
      await changeRestriction(services, callerOf(request), request.params.playback_restriction_id, "delete");
      return reply.code(204).send();
    },
  );
}

function changeRoutes(app: App, services: Services): void {
  const write = { onRequest: allow(services, "video:write"), preValidation: withoutNulls };
  const schema = { ...common, params: Params, response: { ...REFUSALS, 200: one } };
  app.put(
    `${PATH}/:playback_restriction_id/referrer`,
    { ...write, schema: { ...schema, summary: "Change which pages may play", body: Referrer } },
    async (request) => {
      const { playback_restriction_id: id } = request.params;
      return { data: toWire(await changeRestriction(services, callerOf(request), id, request.body)) };
    },
  );
  app.put(
    `${PATH}/:playback_restriction_id/user_agent`,
    { ...write, schema: { ...schema, summary: "Change which programs may play", body: UserAgent } },
    async (request) => {
      const { playback_restriction_id: id } = request.params;
      return { data: toWire(await changeRestriction(services, callerOf(request), id, request.body)) };
    },
  );
}

function toWire(row: RestrictionRow): z.output<typeof RestrictionWire> {
  const { id, allowed_domains, allow_no_referrer, allow_no_user_agent, allow_high_risk_user_agent } = row;
  return {
    id,
    created_at: unixSeconds(row.created_at),
    updated_at: unixSeconds(row.updated_at),
    referrer: { allowed_domains, allow_no_referrer },
    user_agent: { allow_no_user_agent, allow_high_risk_user_agent },
  };
}
