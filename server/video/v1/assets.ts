import { z } from "zod";
import { parseCreatedBetween } from "../../../domain/asset/created-between.ts";
import type { InputFacts } from "../../../domain/asset/outcome.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import { gatherLists, listParam } from "../../data/v1/list-params.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { IdempotencyHeaders, writeOnce } from "../../http/idempotency.ts";
import { decodeCursor, encodeCursor, PageQuery } from "../../http/paging.ts";
import type { Services } from "../../http/services.ts";
import { searched, text } from "../../http/text.ts";
import { withoutNulls } from "../../http/without-nulls.ts";
import { type AssetFilter, listAssets, requireAsset } from "../assets.ts";
import { changeAsset } from "../change-asset.ts";
import { createAsset } from "../create-asset.ts";
import { deleteAsset } from "../delete-asset.ts";
import { AssetWire, assetToWire } from "./asset-wire.ts";
import { InputInfoWire, inputInfoToWire } from "./input-info-wire.ts";
import { Meta, Passthrough, requireSettings, SettingsBody, ThumbnailTime } from "./settings-body.ts";

const Params = z.object({ asset_id: z.string() });
const Query = PageQuery.extend({
  cursor: z.string().max(200).optional().describe("next_cursor of the page before; page is ignored with it"),
  upload_id: searched(z.string().max(255)),
  live_stream_id: searched(z.string().max(255)),
  title: searched(text(512)).describe("Only assets whose title has this in it, whatever the case"),
  external_id: searched(text(128)).describe("Only assets with this external_id in their meta"),
  creator_id: searched(text(128)).describe("Only assets with this creator_id in their meta"),
  passthrough: searched(text(255)).describe("Only assets with this passthrough"),
  status: z.enum(["preparing", "ready", "errored"]).optional(),
  "created_at[]": listParam("Only assets made from the first time on and before the second, in Unix seconds"),
});
const Update = z.object({
  passthrough: Passthrough.optional().describe("Empty text clears it"),
  meta: Meta.optional().describe("Given members change; empty text clears one"),
  thumbnail_time: ThumbnailTime.optional(),
});

const one = z.object({ data: AssetWire });
const many = z.object({ data: z.array(AssetWire), next_cursor: z.string().nullable() });
const common = { tags: ["Assets"], security: [{ accessToken: [] }] };

/** /video/v1/assets (reference video-api.md §3). */
export function assetRoutes(app: App, services: Services): void {
  createRoute(app, services);
  listRoute(app, services);
  singleRoutes(app, services);
  updateRoute(app, services);
}

function createRoute(app: App, services: Services): void {
  app.post(
    "/video/v1/assets",
    {
      onRequest: allow(services, "video:write"),
      preValidation: withoutNulls,
      schema: {
        ...common,
        summary: "Create an asset from a URL",
        headers: IdempotencyHeaders,
        body: SettingsBody,
        response: { ...REFUSALS, 422: ErrorBody, 201: one },
      },
    },
    async (request, reply) => {
      const settings = requireSettings(request.body, "url");
      const environmentId = callerOf(request).environment.id;
      const data = await writeOnce(services, request, reply, async (transaction) => {
        const asset = { environmentId, id: services.newId(), settings, uploadId: null };
        return assetToWire(await createAsset(transaction, services, asset));
      });
      return reply.code(201).send({ data });
    },
  );
}

function listRoute(app: App, services: Services): void {
  app.get(
    "/video/v1/assets",
    {
      onRequest: allow(services, "video:read"),
      preValidation: gatherLists,
      schema: {
        ...common,
        summary: "List assets, newest first",
        querystring: Query,
        response: { ...REFUSALS, 200: many },
      },
    },
    async (request) => {
      const { page, limit, cursor, live_stream_id } = request.query;
      if (live_stream_id !== undefined) return { data: [], next_cursor: null }; // no live streams yet, so none has assets
      const after = cursor === undefined || cursor === "" ? undefined : decodeCursor(cursor);
      const filter = { ...filterOf(request.query), after, offset: (page - 1) * limit, limit: limit + 1 };
      const found = await listAssets(services.db, callerOf(request).environment.id, filter);
      const assets = found.slice(0, limit);
      const last = found.length > limit ? assets.at(-1) : undefined;
      return {
        data: assets.map(assetToWire),
        next_cursor: last === undefined ? null : encodeCursor({ createdAt: last.created_at, id: last.id }),
      };
    },
  );
}

function filterOf(query: z.output<typeof Query>): Omit<AssetFilter, "limit"> {
  const { upload_id, title, external_id, creator_id, passthrough, status } = query;
  const ids = { uploadId: upload_id, externalId: external_id, creatorId: creator_id };
  return { ...ids, title, passthrough, status, created: parseCreatedBetween(query["created_at[]"]) };
}

function singleRoutes(app: App, services: Services): void {
  app.get(
    "/video/v1/assets/:asset_id",
    {
      onRequest: allow(services, "video:read"),
      schema: { ...common, summary: "Retrieve an asset", params: Params, response: { ...REFUSALS, 200: one } },
    },
    async (request) => {
      const asset = await requireAsset(services.db, callerOf(request).environment.id, request.params.asset_id);
      return { data: assetToWire(asset) };
    },
  );
  app.get(
    "/video/v1/assets/:asset_id/input-info",
    {
      onRequest: allow(services, "video:read"),
      schema: {
        ...common,
        summary: "Retrieve what the input of an asset was",
        params: Params,
        response: { ...REFUSALS, 200: z.object({ data: z.array(InputInfoWire) }) },
      },
    },
    async (request) => {
      const asset = await requireAsset(services.db, callerOf(request).environment.id, request.params.asset_id);
      const facts = asset.input_facts as InputFacts | null; // written by apply-result.ts, which checks it
      return { data: inputInfoToWire(asset.settings, facts) };
    },
  );
  app.delete(
    "/video/v1/assets/:asset_id",
    {
      onRequest: allow(services, "video:write"),
      schema: { ...common, summary: "Delete an asset", params: Params, response: { ...REFUSALS, 204: z.void() } },
    },
    async (request, reply) => {
      await deleteAsset(services, callerOf(request).environment.id, request.params.asset_id);
      return reply.code(204).send();
    },
  );
}

function updateRoute(app: App, services: Services): void {
  app.patch(
    "/video/v1/assets/:asset_id",
    {
      onRequest: allow(services, "video:write"),
      preValidation: withoutNulls,
      schema: {
        ...common,
        summary: "Change passthrough, metadata or thumbnail time of an asset",
        params: Params,
        body: Update,
        response: { ...REFUSALS, 200: one },
      },
    },
    async (request) => {
      const { passthrough, meta, thumbnail_time } = request.body;
      const { asset_id: assetId } = request.params;
      const environmentId = callerOf(request).environment.id;
      const { asset } = await changeAsset(services, environmentId, assetId, async (transaction, before) => {
        const merged = Object.entries({ ...before.meta, ...meta }).filter(([, value]) => value !== "");
        await transaction
          .updateTable("assets")
          .set({ updated_at: new Date(services.now()) })
          .set(passthrough === undefined ? {} : { passthrough: passthrough === "" ? null : passthrough })
          .set(thumbnail_time === undefined ? {} : { thumbnail_seconds: thumbnail_time })
          .set({ meta: JSON.stringify(Object.fromEntries(merged)) })
          .where("environment_id", "=", environmentId)
          .where("id", "=", assetId)
          .execute();
      });
      return { data: assetToWire(asset) };
    },
  );
}
