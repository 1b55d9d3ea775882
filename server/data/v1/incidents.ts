import { z } from "zod";
import { ApiError } from "../../../domain/errors.ts";
import { allow } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { listOf, TimeframeWire } from "./answers.ts";
import { DataPageQuery, DirectionQuery } from "./page-query.ts";

const SHOWN_MS = 24 * 3_600_000;

const Named = z.object({ id: z.string(), name: z.string(), value: z.string() });

/** An incident as the reference tells it (data-api.md §8.3). */
const IncidentWire = z.object({
  id: z.string(),
  status: z.enum(["open", "closed", "expired"]),
  severity: z.enum(["warning", "alert"]),
  started_at: z.iso.datetime(),
  resolved_at: z.iso.datetime().nullable(),
  measurement: z.string().describe("Such as error_rate"),
  threshold: z.number().describe("Per cent"),
  measured_value: z.number().nullable().describe("Per cent"),
  measured_value_on_close: z.number().nullable().describe("Per cent"),
  sample_size: z.number(),
  sample_size_unit: z.string().describe("Such as views"),
  incident_key: z.string().describe("What it is about, such as country=US"),
  description: z.string(),
  error_description: z.string(),
  impact: z.string().nullable(),
  affected_views: z.number().nullable(),
  affected_views_per_hour: z.number().nullable(),
  affected_views_per_hour_on_open: z.number().nullable(),
  breakdowns: z.array(Named),
  notifications: z.array(z.object({ id: z.number(), queued_at: z.iso.datetime(), attempted_at: z.iso.datetime() })),
  notification_rules: z.array(
    z.object({
      id: z.string(),
      property_id: z.string(),
      action: z.string(),
      status: z.string(),
      rules: z.array(Named),
    }),
  ),
});

const OrderQuery = DataPageQuery.extend({
  order_by: z.enum(["negative_impact", "value", "views", "field"]).optional(),
  order_direction: DirectionQuery.optional(),
});

const ListQuery = OrderQuery.extend({
  status: z.enum(["open", "closed", "expired"]).optional(),
  severity: z.enum(["warning", "alert"]).optional(),
});

const Params = z.object({ incident_id: z.string() });
const common = { tags: ["Incidents"], security: [{ accessToken: [] }] };

/**
 * /data/v1/incidents (reference data-api.md §2, rows 19 to 21). Nothing here opens incidents yet: there are none, and an id of
 * one is unknown, whoever asks.
 */
export function incidentRoutes(app: App, services: Services): void {
  const onRequest = allow(services, "data:read");
  app.get(
    "/data/v1/incidents",
    {
      onRequest,
      schema: {
        ...common,
        summary: "List incidents; none are detected yet",
        querystring: ListQuery,
        response: { ...REFUSALS, 200: listOf(IncidentWire) },
      },
    },
    async () => {
      const nowMs = services.now();
      const timeframe: [number, number] = [seconds(nowMs - SHOWN_MS), seconds(nowMs)];
      return { data: [], total_row_count: 0, timeframe };
    },
  );
  app.get(
    "/data/v1/incidents/:incident_id",
    {
      onRequest,
      schema: {
        ...common,
        summary: "Retrieve an incident",
        params: Params,
        response: {
          ...REFUSALS,
          200: z.object({ data: IncidentWire, total_row_count: z.null(), timeframe: TimeframeWire }),
        },
      },
    },
    ({ params }) => refuse(params.incident_id),
  );
  app.get(
    "/data/v1/incidents/:incident_id/related",
    {
      onRequest,
      schema: {
        ...common,
        summary: "List incidents that seem to belong to an incident",
        params: Params,
        querystring: OrderQuery,
        response: { ...REFUSALS, 200: listOf(IncidentWire).extend({ total_row_count: z.null() }) },
      },
    },
    ({ params }) => refuse(params.incident_id),
  );
}

function refuse(id: string): never {
  throw new ApiError("not_found", [`There is no incident ${id.slice(0, 100)}`]);
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
