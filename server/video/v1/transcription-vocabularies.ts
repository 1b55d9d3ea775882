import { z } from "zod";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { IdempotencyHeaders, writeOnce } from "../../http/idempotency.ts";
import { PageQuery } from "../../http/paging.ts";
import type { Services } from "../../http/services.ts";
import { text } from "../../http/text.ts";
import { unixSeconds } from "../../http/unix-seconds.ts";
import { withoutNulls } from "../../http/without-nulls.ts";
import {
  changeVocabulary,
  deleteVocabulary,
  insertVocabulary,
  listVocabularies,
  requireVocabulary,
  type VocabularyRow,
  type VocabularyText,
} from "../transcription-vocabularies.ts";
import { Passthrough } from "./settings-body.ts";

/** As many as the reference's recogniser takes (video-api.md §5.1). */
const MAX_PHRASES = 1_000;
const MAX_TEXT_LENGTH = 255;

const Params = z.object({ transcription_vocabulary_id: z.string() });

const Phrase = text(MAX_TEXT_LENGTH).refine((phrase) => phrase.trim() !== "", "is empty");
const Body = z.object({
  phrases: z.array(Phrase).min(1).max(MAX_PHRASES).describe("Names and words that are rare or your own"),
  name: text(MAX_TEXT_LENGTH).optional(),
  passthrough: Passthrough.optional(),
});

const VocabularyWire = z.object({
  id: z.string(),
  created_at: z.string().describe("Unix seconds"),
  updated_at: z.string().describe("Unix seconds"),
  phrases: z.array(z.string()),
  name: z.string().optional(),
  passthrough: z.string().optional(),
});

const one = z.object({ data: VocabularyWire });
const common = { tags: ["Transcription vocabularies"], security: [{ accessToken: [] }] };
const PATH = "/video/v1/transcription-vocabularies";

/** /video/v1/transcription-vocabularies (reference video-api.md §6): kept as they are given; nothing reads them. */
export function transcriptionVocabularyRoutes(app: App, services: Services): void {
  createRoute(app, services);
  listRoute(app, services);
  singleRoutes(app, services);
}

function createRoute(app: App, services: Services): void {
  app.post(
    PATH,
    {
      onRequest: allow(services, "video:write"),
      preValidation: withoutNulls,
      schema: {
        ...common,
        summary: "Create a transcription vocabulary",
        description: "It is kept and given back; captions from speech are written down without it.",
        headers: IdempotencyHeaders,
        body: Body,
        response: { ...REFUSALS, 422: ErrorBody, 201: one },
      },
    },
    async (request, reply) => {
      const environmentId = callerOf(request).environment.id;
      const given = { name: null, passthrough: null, ...givenOf(request.body) };
      const data = await writeOnce(services, request, reply, async (transaction) =>
        toWire(await insertVocabulary(transaction, services, environmentId, given)),
      );
      return reply.code(201).send({ data });
    },
  );
}

function listRoute(app: App, services: Services): void {
  app.get(
    PATH,
    {
      onRequest: allow(services, "video:read"),
      schema: {
        ...common,
        summary: "List transcription vocabularies, newest first",
        querystring: PageQuery,
        response: { ...REFUSALS, 200: z.object({ data: z.array(VocabularyWire) }) },
      },
    },
    async (request) => {
      const rows = await listVocabularies(services.db, callerOf(request).environment.id, request.query);
      return { data: rows.map(toWire) };
    },
  );
}

function singleRoutes(app: App, services: Services): void {
  const path = `${PATH}/:transcription_vocabulary_id` as const;
  const schema = { ...common, params: Params, response: { ...REFUSALS, 200: one } };
  app.get(
    path,
    { onRequest: allow(services, "video:read"), schema: { ...schema, summary: "Retrieve a transcription vocabulary" } },
    async (request) => {
      const { transcription_vocabulary_id: id } = request.params;
      return { data: toWire(await requireVocabulary(services.db, callerOf(request).environment.id, id)) };
    },
  );
  app.put(
    path,
    {
      onRequest: allow(services, "video:write"),
      preValidation: withoutNulls,
      schema: {
        ...schema,
        summary: "Change a transcription vocabulary",
        description:
          "`phrases` replace those there are; `name` and `passthrough` stay unless given, empty text clears one.",
        body: Body,
      },
    },
    async (request) => {
      const { transcription_vocabulary_id: id } = request.params;
      const { id: environmentId } = callerOf(request).environment;
      return { data: toWire(await changeVocabulary(services, environmentId, id, givenOf(request.body))) };
    },
  );
  app.delete(
    path,
    {
      onRequest: allow(services, "video:write"),
      schema: {
        ...common,
        summary: "Delete a transcription vocabulary",
        params: Params,
        response: { ...REFUSALS, 204: z.void() },
      },
    },
    async (request, reply) => {
      const { transcription_vocabulary_id: id } = request.params;
      await deleteVocabulary(services.db, callerOf(request).environment.id, id);
      return reply.code(204).send();
    },
  );
}

/** What is left out is no change; empty text is no value. */
function givenOf({
  phrases,
  name,
  passthrough,
}: z.output<typeof Body>): Pick<VocabularyText, "phrases"> & Partial<VocabularyText> {
  return {
    phrases,
    ...(name !== undefined && { name: name === "" ? null : name }),
    ...(passthrough !== undefined && { passthrough: passthrough === "" ? null : passthrough }),
  };
}

function toWire({ id, phrases, name, passthrough, ...row }: VocabularyRow): z.output<typeof VocabularyWire> {
  return {
    id,
    created_at: unixSeconds(row.created_at),
    updated_at: unixSeconds(row.updated_at),
    phrases,
    ...(name !== null && { name }),
    ...(passthrough !== null && { passthrough }),
  };
}
