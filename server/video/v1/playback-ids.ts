import { z } from "zod";
import { isMediaId } from "../../../domain/asset/media-id.ts";
import { PLAYBACK_POLICIES, policyProblem } from "../../../domain/asset/settings-wire.ts";
import { ApiError } from "../../../domain/errors.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { IdempotencyHeaders, writeOnce } from "../../http/idempotency.ts";
import type { Services } from "../../http/services.ts";
import { withoutNulls } from "../../http/without-nulls.ts";
import { type AssetRecord, requireAsset } from "../assets.ts";
import { changeAsset, changeAssetIn } from "../change-asset.ts";
import { insertPlaybackIds, requireRoomForPlaybackId } from "../playback-ids.ts";
import { PlaybackIdWire, playbackIdToWire } from "./asset-wire.ts";

const AssetParams = z.object({ asset_id: z.string() });
const Params = z.object({ asset_id: z.string(), playback_id: z.string() });
const Create = z.object({ policy: z.string().default("public") });
const OwnerWire = PlaybackIdWire.extend({ object: z.object({ id: z.string(), type: z.literal("asset") }) });

const one = z.object({ data: PlaybackIdWire });
const common = { tags: ["Playback ids"], security: [{ accessToken: [] }] };

/** Playback ids of assets, and whose a playback id is (reference video-api.md §2). */
export function playbackIdRoutes(app: App, services: Services): void {
  createRoute(app, services);
  singleRoutes(app, services);
  ownerRoute(app, services);
}

function createRoute(app: App, services: Services): void {
  app.post(
    "/video/v1/assets/:asset_id/playback-ids",
    {
      onRequest: allow(services, "video:write"),
      preValidation: withoutNulls,
      schema: {
        ...common,
        summary: "Add a playback id to an asset",
        params: AssetParams,
        headers: IdempotencyHeaders,
        body: Create,
        response: { ...REFUSALS, 422: ErrorBody, 201: one },
      },
    },
    async (request, reply) => {
      const policy = PLAYBACK_POLICIES.find((known) => known === request.body.policy);
      if (policy === undefined) throw new ApiError("invalid_parameters", policyProblem(request.body.policy));
      const environmentId = callerOf(request).environment.id;
      const assetId = request.params.asset_id;
      const data = await writeOnce(services, request, reply, async (transaction) => {
        const wanted = { environmentId, assetId, policies: [policy] };
        const { made } = await changeAssetIn(transaction, services, wanted, (_, asset) => {
          requireRoomForPlaybackId(asset);
          return insertPlaybackIds(transaction, services, wanted);
        });
        const [playbackId] = made;
        if (playbackId === undefined) throw new Error("no playback id was made");
        return playbackIdToWire(playbackId);
      });
      return reply.code(201).send({ data });
    },
  );
}

function singleRoutes(app: App, services: Services): void {
  app.get(
    "/video/v1/assets/:asset_id/playback-ids/:playback_id",
    {
      onRequest: allow(services, "video:read"),
      schema: { ...common, summary: "Retrieve a playback id", params: Params, response: { ...REFUSALS, 200: one } },
    },
    async (request) => {
      const { asset_id, playback_id } = request.params;
      const asset = await requireAsset(services.db, callerOf(request).environment.id, asset_id);
      return { data: playbackIdToWire(requirePlaybackId(asset, playback_id)) };
    },
  );
  app.delete(
    "/video/v1/assets/:asset_id/playback-ids/:playback_id",
    {
      onRequest: allow(services, "video:write"),
      schema: { ...common, summary: "Delete a playback id", params: Params, response: { ...REFUSALS, 204: z.void() } },
    },
    async (request, reply) => {
      const { asset_id, playback_id } = request.params;
      const environmentId = callerOf(request).environment.id;
      await changeAsset(services, environmentId, asset_id, async (transaction, asset) => {
        await transaction
          .updateTable("playback_ids")
          .set({ deleted_at: new Date(services.now()) })
          .where("environment_id", "=", environmentId)
          .where("id", "=", requirePlaybackId(asset, playback_id).id)
          .execute();
      });
      return reply.code(204).send();
    },
  );
}

function ownerRoute(app: App, services: Services): void {
  app.get(
    "/video/v1/playback-ids/:playback_id",
    {
      onRequest: allow(services, "video:read"),
      schema: {
        ...common,
        summary: "Retrieve the asset of a playback id",
        params: Params.pick({ playback_id: true }),
        response: { ...REFUSALS, 200: z.object({ data: OwnerWire }) },
      },
    },
    async (request) => {
      const { playback_id: id } = request.params;
      const row = isMediaId(id)
        ? await services.db
            .selectFrom("playback_ids")
            .select(["id", "policy", "asset_id"])
            .where("environment_id", "=", callerOf(request).environment.id)
            .where("id", "=", id)
            .where("deleted_at", "is", null)
            .executeTakeFirst()
        : undefined;
      if (row === undefined) throw missing(id);
      return { data: { ...playbackIdToWire(row), object: { id: row.asset_id, type: "asset" as const } } };
    },
  );
}

function requirePlaybackId(asset: AssetRecord, id: string): AssetRecord["playbackIds"][number] {
  const found = asset.playbackIds.find((playbackId) => playbackId.id === id);
  if (found === undefined) throw missing(id);
  return found;
}

function missing(id: string): ApiError {
  return new ApiError("not_found", [`Playback id ${id} does not exist, or does not belong to this environment`]);
}
