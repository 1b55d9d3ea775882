import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { IdempotencyHeaders, writeOnce } from "../../http/idempotency.ts";
import { PageQuery } from "../../http/paging.ts";
import type { Services } from "../../http/services.ts";
import { text } from "../../http/text.ts";
import { withoutNulls } from "../../http/without-nulls.ts";
import { attemptsOf, listEvents, newestNumber, replayEvent, requireEvent } from "../../webhooks/webhook-events.ts";
import { DELIVERY_STATUSES, EventDetailWire, EventWire, eventDetailToWire, eventToWire } from "./webhook-event-wire.ts";

const MAX_ID_LENGTH = 255;

const Params = z.object({ webhook_event_id: z.string() });

const ListQuery = PageQuery.extend({
  type: text(MAX_ID_LENGTH).optional().describe("Only events of this type"),
  object_id: text(MAX_ID_LENGTH).optional().describe("Only events of this asset, upload or track"),
  status: z.enum(DELIVERY_STATUSES).optional().describe("Only events with a delivery in this state"),
});

const Replay = z.object({
  webhook_id: z.string().optional().describe("Send it there alone; otherwise to every webhook that is enabled"),
});

const detail = z.object({ data: EventDetailWire });
const common = { tags: ["Webhooks"], security: [{ accessToken: [] }] };
const PATH = "/system/v1/webhook-events";

/** /system/v1/webhook-events: what happened in an environment, and what became of telling it. Beyond the reference but for the stream. */
export function webhookEventRoutes(app: App, services: Services): void {
  streamRoute(app, services);
  readRoutes(app, services);
  replayRoute(app, services);
}

/** Events as they happen, for `mux webhooks listen` (reference video-api.md §7.6). */
function streamRoute(app: App, services: Services): void {
  app.get(
    `${PATH}/stream`,
    {
      exposeHeadRoute: false, // would open a stream that nobody reads
      onRequest: allow(services, "system:read"),
      schema: {
        ...common,
        summary: "Events as they happen, as Server-Sent Events",
        description:
          "First `event: connected`, then the envelope of each event as `data`, and comments to keep the connection. Ends after an hour.",
        response: {
          ...REFUSALS,
          200: { description: "Events", content: { "text/event-stream": { schema: z.string() } } },
        },
      },
    },
    async (request, reply) => {
      const environmentId = callerOf(request).environment.id;
      const stream = services.webhookTap.open(environmentId, await newestNumber(services.db, environmentId));
      reply.header("content-type", "text/event-stream; charset=utf-8").header("x-accel-buffering", "no"); // nginx would hold it back
      return reply.send(stream as never); // no text, but sent as it comes
    },
  );
}

function readRoutes(app: App, services: Services): void {
  const { db } = services;
  app.get(
    PATH,
    {
      onRequest: allow(services, "system:read"),
      schema: {
        ...common,
        summary: "List events, newest first",
        description: "Events are kept for 30 days.",
        querystring: ListQuery,
        response: { ...REFUSALS, 200: z.object({ data: z.array(EventWire) }) },
      },
    },
    async (request) => {
      const { object_id: objectId, ...query } = request.query;
      const records = await listEvents(db, callerOf(request).environment.id, { ...query, objectId });
      return { data: records.map(eventToWire) };
    },
  );
  app.get(
    `${PATH}/:webhook_event_id`,
    {
      onRequest: allow(services, "system:read"),
      schema: {
        ...common,
        summary: "Retrieve an event with all attempts to send it",
        params: Params,
        response: { ...REFUSALS, 200: detail },
      },
    },
    async (request) => {
      const environmentId = callerOf(request).environment.id;
      const record = await requireEvent(db, environmentId, request.params.webhook_event_id);
      return { data: eventDetailToWire(record, await attemptsOf(db, environmentId, record.event.id)) };
    },
  );
}

function replayRoute(app: App, services: Services): void {
  app.post(
    `${PATH}/:webhook_event_id/replay`,
    {
      onRequest: allow(services, "system:write"),
      preValidation: [withoutNulls, orEmpty],
      schema: {
        ...common,
        summary: "Send an event again",
        description: "At once, whatever became of it before, and then for three days as if it had just happened.",
        headers: IdempotencyHeaders,
        params: Params,
        body: Replay,
        response: { ...REFUSALS, 422: ErrorBody, 200: detail },
      },
    },
    async (request, reply) => {
      const environmentId = callerOf(request).environment.id;
      const { webhook_event_id: eventId } = request.params;
      const webhookId = request.body.webhook_id ?? null;
      const data = await writeOnce(services, request, reply, async (transaction) => {
        await replayEvent(transaction, environmentId, { eventId, webhookId });
        const record = await requireEvent(transaction, environmentId, eventId);
        return eventDetailToWire(record, await attemptsOf(transaction, environmentId, record.event.id));
      });
      return { data };
    },
  );
}

/** A `preValidation` hook: the body may be left out. */
async function orEmpty(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}
