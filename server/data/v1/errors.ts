import { z } from "zod";
import { ApiError } from "../../../domain/errors.ts";
import { askErrors } from "../../../domain/metrics/ask/ask-errors.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { text } from "../../http/text.ts";
import { deleteNote, type ErrorCategory, listCategories, notesOn, putNote } from "../errors.ts";
import { orNull, TimeframeWire } from "./answers.ts";
import { CategoryWire } from "./error-categories.ts";
import { gatherLists } from "./list-params.ts";
import { askedOf, ScopeQuery, timeframeWire } from "./scope-query.ts";

const MAX_NOTE_LENGTH = 5_000;
/** Ids of errors have 31 bits and are never 0. */
const MAX_ERROR_ID = 0x7fffffff;

const ErrorRow = z.object({
  id: z.number(),
  code: z.string(),
  message: z.string(),
  count: z.number(),
  percentage: z.number(),
  last_seen_ms: z.number(),
});

/** A row of the list (reference data-api.md §9.1). */
const ErrorWire = z.object({
  id: z.number().int().describe("error_type_id of views; stands for one pair of code and message"),
  code: z.number().int().nullable().describe("The code where it is a whole number"),
  player_error_code: z.string().nullable(),
  message: z.string().nullable(),
  description: z.string().nullable().describe("Always null: what an error means is in its notes"),
  notes: z.string().nullable().describe("What people wrote"),
  count: z.number().describe("Views whose error it is; with weighted=true not whole"),
  percentage: z.number().describe("Of all views of the range, 0..1"),
  last_seen: z.iso.datetime().describe("End of the newest of these views"),
  category: CategoryWire.omit({ code: true })
    .nullable()
    .describe("Ours: as the code is categorised in settings; null where it is not"),
});

const ListWire = z.object({ data: z.array(ErrorWire), total_row_count: z.null(), timeframe: TimeframeWire });

const Params = z.object({ error_type_id: z.coerce.number().int().min(1).max(MAX_ERROR_ID) });
const NoteBody = z.object({
  notes: text(MAX_NOTE_LENGTH)
    .refine((note) => note !== "", "must not be empty")
    .describe(`1 to ${MAX_NOTE_LENGTH} characters`),
});
const NoteWire = z.object({ data: z.object({ id: z.number().int(), notes: z.string() }) });

const common = { tags: ["Errors"], security: [{ accessToken: [] }] };

/** /data/v1/errors (reference data-api.md §2, row 18), and notes on them, which are ours. */
export function errorRoutes(app: App, services: Services): void {
  listRoute(app, services);
  noteRoutes(app, services);
}

function listRoute(app: App, services: Services): void {
  app.get(
    "/data/v1/errors",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...common,
        summary: "List the errors of views, most frequent first",
        querystring: ScopeQuery,
        response: { ...REFUSALS, 200: ListWire },
      },
    },
    async (request) => {
      const { environmentId, environment } = callerOf(request);
      const { scope, timeframe, keepMs } = askedOf(request.query, environmentId, services.now());
      const rows = await services.analytics.ask(askErrors(scope), ErrorRow, { name: "errors", keepMs });
      const [notes, categories] = await Promise.all([
        notesOn(
          services.db,
          environment.id,
          rows.map(({ id }) => id).filter((id) => id <= MAX_ERROR_ID),
        ),
        listCategories(services.db, environment.id),
      ]);
      const byCode = new Map(categories.map((category) => [category.code, category]));
      return {
        data: rows.map((row) => errorToWire(row, notes.get(row.id) ?? null, byCode.get(row.code) ?? null)),
        total_row_count: null,
        timeframe: timeframeWire(timeframe),
      };
    },
  );
}

function errorToWire(
  { id, code, message, count, percentage, last_seen_ms }: z.output<typeof ErrorRow>,
  notes: string | null,
  category: ErrorCategory | null,
): z.input<typeof ErrorWire> {
  return {
    id,
    code: /^-?\d{1,15}$/.test(code) ? Number(code) : null,
    player_error_code: orNull(code),
    message: orNull(message),
    description: null,
    notes,
    count,
    percentage,
    last_seen: new Date(last_seen_ms).toISOString(),
    category,
  };
}

function noteRoutes(app: App, services: Services): void {
  const path = "/data/v1/errors/:error_type_id/notes";
  app.put(
    path,
    {
      onRequest: allow(services, "data:write"),
      schema: {
        ...common,
        summary: "Write the notes on an error",
        description: "An error that no view had yet may have notes too.",
        params: Params,
        body: NoteBody,
        response: { ...REFUSALS, 422: ErrorBody, 200: NoteWire },
      },
    },
    async (request) => {
      const { error_type_id: errorTypeId } = request.params;
      const { notes } = request.body;
      const { environment } = callerOf(request);
      await putNote(services.db, environment.id, { errorTypeId, note: notes, nowMs: services.now() });
      return { data: { id: errorTypeId, notes } };
    },
  );
  app.delete(
    path,
    {
      onRequest: allow(services, "data:write"),
      schema: {
        ...common,
        summary: "Delete the notes on an error",
        params: Params,
        response: { ...REFUSALS, 204: z.void() },
      },
    },
    async (request, reply) => {
      const { error_type_id: id } = request.params;
      const found = await deleteNote(services.db, callerOf(request).environment.id, id);
      if (!found) throw new ApiError("not_found", [`There are no notes on error ${id}`]);
      return reply.code(204).send();
    },
  );
}
