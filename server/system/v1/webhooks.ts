import { z } from "zod";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { IdempotencyHeaders, writeOnce } from "../../http/idempotency.ts";
import { PageQuery } from "../../http/paging.ts";
import type { Services } from "../../http/services.ts";
import { text } from "../../http/text.ts";
import { withoutNulls } from "../../http/without-nulls.ts";
import {
  changeWebhook,
  deleteWebhook,
  insertWebhook,
  listWebhooks,
  requireWebhook,
  type WebhookRow,
} from "../../webhooks/webhook-endpoints.ts";

const MAX_ADDRESS_LENGTH = 2_048;

const Params = z.object({ webhook_id: z.string() });

const Address = text(MAX_ADDRESS_LENGTH)
  .refine(isAddress, "must be an http or https URL without a user name or password")
  .describe("Where events are sent by POST; no other webhook of the environment may have it");

const Create = z.object({ address: Address });
const Update = z
  .object({
    address: Address.optional(),
    enabled: z.boolean().optional().describe("false: what happens meanwhile is not sent, what waits goes on waiting"),
  })
  .refine(({ address, enabled }) => address !== undefined || enabled !== undefined, "name address, enabled or both");

const WebhookWire = z.object({
  id: z.string(),
  address: z.string(),
  enabled: z.boolean(),
  created_at: z.iso.datetime(),
});
const NewWebhookWire = WebhookWire.extend({
  signing_secret: z.string().describe("Signs everything that is sent to it. Given here alone"),
});

const one = z.object({ data: WebhookWire });
const common = { tags: ["Webhooks"], security: [{ accessToken: [] }] };
const PATH = "/system/v1/webhooks";

/** /system/v1/webhooks (reference video-api.md §7.4): where the events of an environment are sent. */
export function webhookRoutes(app: App, services: Services): void {
  listRoutes(app, services);
  singleRoutes(app, services);
  deleteRoute(app, services);
}

function listRoutes(app: App, services: Services): void {
  app.post(
    PATH,
    {
      onRequest: allow(services, "system:write"),
      preValidation: withoutNulls,
      schema: {
        ...common,
        summary: "Create a webhook",
        description: "All events of the environment are sent to it from now on, signed with its secret.",
        headers: IdempotencyHeaders,
        body: Create,
        response: { ...REFUSALS, 422: ErrorBody, 201: z.object({ data: NewWebhookWire }) },
      },
    },
    async (request, reply) => {
      const data = await writeOnce(services, request, reply, async (transaction) => {
        const row = await insertWebhook(transaction, services, callerOf(request), request.body.address);
        return { ...toWire(row), signing_secret: row.signing_secret };
      });
      return reply.code(201).send({ data });
    },
  );
  app.get(
    PATH,
    {
      onRequest: allow(services, "system:read"),
      schema: {
        ...common,
        summary: "List webhooks, newest first",
        querystring: PageQuery,
        response: { ...REFUSALS, 200: z.object({ data: z.array(WebhookWire) }) },
      },
    },
    async (request) => {
      const rows = await listWebhooks(services.db, callerOf(request).environment.id, request.query);
      return { data: rows.map(toWire) };
    },
  );
}

function singleRoutes(app: App, services: Services): void {
  app.get(
    `${PATH}/:webhook_id`,
    {
      onRequest: allow(services, "system:read"),
      schema: { ...common, summary: "Retrieve a webhook", params: Params, response: { ...REFUSALS, 200: one } },
    },
    async (request) => ({
      data: toWire(await requireWebhook(services.db, callerOf(request).environment.id, request.params.webhook_id)),
    }),
  );
  app.patch(
    `${PATH}/:webhook_id`,
    {
      onRequest: allow(services, "system:write"),
      preValidation: withoutNulls,
      schema: {
        ...common,
        summary: "Change a webhook's address, or whether events are sent to it",
        params: Params,
        body: Update,
        response: { ...REFUSALS, 200: one },
      },
    },
    async (request) => ({
      data: toWire(await changeWebhook(services, callerOf(request), request.params.webhook_id, request.body)),
    }),
  );
}

function deleteRoute(app: App, services: Services): void {
  app.delete(
    `${PATH}/:webhook_id`,
    {
      onRequest: allow(services, "system:write"),
      schema: {
        ...common,
        summary: "Delete a webhook",
        description: "What waits for it is not sent any more, and its address may be another's.",
        params: Params,
        response: { ...REFUSALS, 204: z.void() },
      },
    },
    async (request, reply) => {
      await deleteWebhook(services, callerOf(request), request.params.webhook_id);
      return reply.code(204).send();
    },
  );
}

/** Whether it can be reached, and may be, is seen when something is sent. */
function isAddress(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

function toWire({ id, address, enabled, created_at }: WebhookRow): z.output<typeof WebhookWire> {
  return { id, address, enabled, created_at: created_at.toISOString() };
}
