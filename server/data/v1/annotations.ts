import { z } from "zod";
import { NEWEST_SECONDS, parseTimeframe } from "../../../domain/data-api/timeframe.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { IdempotencyHeaders, writeOnce } from "../../http/idempotency.ts";
import type { Services } from "../../http/services.ts";
import { text } from "../../http/text.ts";
import {
  type AnnotationRow,
  annotationIds,
  annotationsById,
  deleteAnnotation,
  insertAnnotation,
  requireAnnotation,
  updateAnnotation,
} from "../annotations.ts";
import { ListWalks } from "../list-walks.ts";
import { idsOnPage } from "../walk-ids.ts";
import { listOf } from "./answers.ts";
import { gatherLists, listParam } from "./list-params.ts";
import { DataPageQuery, DirectionQuery, walkOf } from "./page-query.ts";
import { timeframeWire } from "./scope-query.ts";

const MAX_NOTE_LENGTH = 5_000;
const MAX_SUB_PROPERTY_LENGTH = 255;

const Params = z.object({ annotation_id: z.string() });

const AnnotationBody = z.object({
  date: z
    .number()
    .int("must be whole Unix seconds")
    .min(0, "must be Unix seconds, 1970 or later")
    .max(NEWEST_SECONDS, "must be Unix seconds, before the year 2200; are these milliseconds?")
    .describe("The moment that the note is about, Unix seconds"),
  note: text(MAX_NOTE_LENGTH)
    .refine((note) => note !== "", "must not be empty")
    .describe(`1 to ${MAX_NOTE_LENGTH} characters`),
  sub_property_id: text(MAX_SUB_PROPERTY_LENGTH)
    .nullish()
    .describe("null or empty text: none; left out of a change: as before"),
});

const AnnotationWire = z.object({
  id: z.uuid(),
  date: z.iso.datetime().describe("The moment that the note is about"),
  note: z.string(),
  sub_property_id: z.string().nullable(),
});

const ListQuery = DataPageQuery.extend({
  "timeframe[]": listParam(
    "Two Unix times in seconds, or one span up to now such as 24:hours; annotations of all times if left out",
  ),
  order_direction: DirectionQuery.default("asc").describe("By date; the oldest first unless told otherwise"),
});

const one = z.object({ data: AnnotationWire });
const common = { tags: ["Annotations"], security: [{ accessToken: [] }] };
const WHOLE_TIME = { fromMs: 0, toMs: NEWEST_SECONDS * 1_000 };

/** /data/v1/annotations (reference data-api.md §2, rows 24 to 26; §9.2). */
export function annotationRoutes(app: App, services: Services): void {
  listRoute(app, services);
  createRoute(app, services);
  singleRoutes(app, services);
  updateRoute(app, services);
}

function listRoute(app: App, services: Services): void {
  const walks = new ListWalks<string>();
  app.get(
    "/data/v1/annotations",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...common,
        summary: "List annotations by date",
        querystring: ListQuery,
        response: { ...REFUSALS, 200: listOf(AnnotationWire) },
      },
    },
    async (request) => {
      const { db, now } = services;
      const { "timeframe[]": given, order_direction: direction } = request.query;
      const { id: environmentId } = callerOf(request).environment;
      const timeframe = given.length === 0 ? null : parseTimeframe(given, now());
      const found = await idsOnPage(walks, walkOf(request, now()), {
        list: async () => {
          const ids = await annotationIds(db, environmentId, timeframe, direction);
          return { ids, totalRowCount: ids.length, timeframe: timeframe ?? WHOLE_TIME };
        },
        find: (ids) => annotationsById(db, environmentId, ids),
      });
      return {
        data: found.rows.map(annotationToWire),
        total_row_count: found.totalRowCount,
        timeframe: timeframeWire(found.timeframe),
      };
    },
  );
}

function createRoute(app: App, services: Services): void {
  app.post(
    "/data/v1/annotations",
    {
      onRequest: allow(services, "data:write"),
      schema: {
        ...common,
        summary: "Create an annotation",
        headers: IdempotencyHeaders,
        body: AnnotationBody,
        response: { ...REFUSALS, 422: ErrorBody, 201: one },
      },
    },
    async (request, reply) => {
      const { date, note, sub_property_id } = request.body;
      const annotation = {
        date: new Date(date * 1_000),
        note,
        sub_property_id: sub_property_id || null,
        created_at: new Date(services.now()),
      };
      const data = await writeOnce(services, request, reply, async (transaction) =>
        annotationToWire(await insertAnnotation(transaction, callerOf(request).environment.id, annotation)),
      );
      return reply.code(201).send({ data });
    },
  );
}

function singleRoutes(app: App, services: Services): void {
  app.get(
    "/data/v1/annotations/:annotation_id",
    {
      onRequest: allow(services, "data:read"),
      schema: { ...common, summary: "Retrieve an annotation", params: Params, response: { ...REFUSALS, 200: one } },
    },
    async (request) => {
      const { annotation_id: id } = request.params;
      return { data: annotationToWire(await requireAnnotation(services.db, callerOf(request).environment.id, id)) };
    },
  );
  app.delete(
    "/data/v1/annotations/:annotation_id",
    {
      onRequest: allow(services, "data:write"),
      schema: { ...common, summary: "Delete an annotation", params: Params, response: { ...REFUSALS, 204: z.void() } },
    },
    async (request, reply) => {
      await deleteAnnotation(services.db, callerOf(request).environment.id, request.params.annotation_id);
      return reply.code(204).send();
    },
  );
}

function updateRoute(app: App, services: Services): void {
  app.patch(
    "/data/v1/annotations/:annotation_id",
    {
      onRequest: allow(services, "data:write"),
      schema: {
        ...common,
        summary: "Change an annotation",
        params: Params,
        body: AnnotationBody,
        response: { ...REFUSALS, 200: one },
      },
    },
    async (request) => {
      const { date, note, sub_property_id } = request.body;
      const change = {
        date: new Date(date * 1_000),
        note,
        ...(sub_property_id === undefined ? {} : { sub_property_id: sub_property_id || null }),
      };
      const { annotation_id: id } = request.params;
      return {
        data: annotationToWire(await updateAnnotation(services.db, callerOf(request).environment.id, id, change)),
      };
    },
  );
}

function annotationToWire({ id, date, note, sub_property_id }: AnnotationRow): z.output<typeof AnnotationWire> {
  return { id, date: date.toISOString(), note, sub_property_id };
}
