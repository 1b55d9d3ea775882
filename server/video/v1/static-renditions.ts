import { z } from "zod";
import { isStaticResolution, readStaticRenditions } from "../../../domain/asset/static-renditions.ts";
import { ApiError } from "../../../domain/errors.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { IdempotencyHeaders, writeOnce } from "../../http/idempotency.ts";
import type { Services } from "../../http/services.ts";
import { withoutNulls } from "../../http/without-nulls.ts";
import { changeAssetIn } from "../change-asset.ts";
import { deleteStaticFileSoon } from "../delete-static-file.ts";
import {
  endStaticRendition,
  insertStaticRenditions,
  makeStaticRenditions,
  tellStaticCreated,
} from "../static-renditions.ts";
import { Passthrough } from "./settings-body.ts";
import { StaticRenditionWire, staticRenditionToWire } from "./static-rendition-wire.ts";

const AssetParams = z.object({ asset_id: z.string() });
const Params = AssetParams.extend({ static_rendition_id: z.string() });
const Create = z.object({
  resolution: z.string().max(50).describe("highest, audio-only, or a height such as 720p; never scaled up"),
  passthrough: Passthrough.optional(),
});
const common = { tags: ["Static renditions"], security: [{ accessToken: [] }] };

/** Files of whole renditions (reference video-api.md §3.3). */
export function staticRenditionRoutes(app: App, services: Services): void {
  createRoute(app, services);
  deleteRoute(app, services);
}

function createRoute(app: App, services: Services): void {
  app.post(
    "/video/v1/assets/:asset_id/static-renditions",
    {
      onRequest: allow(services, "video:write"),
      preValidation: withoutNulls,
      schema: {
        ...common,
        summary: "Have a rendition made as one file",
        params: AssetParams,
        headers: IdempotencyHeaders,
        body: Create,
        response: { ...REFUSALS, 422: ErrorBody, 201: z.object({ data: StaticRenditionWire }) },
      },
    },
    async (request, reply) => {
      const owner = { environmentId: callerOf(request).environment.id, assetId: request.params.asset_id };
      const data = await writeOnce(services, request, reply, async (transaction) => {
        const { made } = await changeAssetIn(transaction, services, owner, async (_, asset) => {
          if (asset.status === "errored")
            throw new ApiError("invalid_parameters", [
              `Asset ${asset.id} is errored: there is nothing to make a file of`,
            ]);
          if (asset.mp4_support !== "none")
            throw new ApiError("invalid_parameters", [
              `The asset has files by mp4_support ${asset.mp4_support}: set that to none before`,
            ]);
          const existing = asset.staticRenditions.map(({ resolution }) => resolution).filter(isStaticResolution);
          const read = readStaticRenditions([request.body], existing);
          if ("problems" in read) throw new ApiError("invalid_parameters", read.problems);
          const rows = await insertStaticRenditions(transaction, services, owner, read.wanted);
          await tellStaticCreated(transaction, rows, services.now());
          if (asset.status === "ready") await makeStaticRenditions(transaction, rows);
          return rows;
        });
        const [row] = made;
        if (row === undefined) throw new Error("no static rendition was made");
        return staticRenditionToWire(row);
      });
      return reply.code(201).send({ data });
    },
  );
}

function deleteRoute(app: App, services: Services): void {
  app.delete(
    "/video/v1/assets/:asset_id/static-renditions/:static_rendition_id",
    {
      onRequest: allow(services, "video:write"),
      schema: {
        ...common,
        summary: "Delete a static rendition",
        params: Params,
        response: { ...REFUSALS, 204: z.void() },
      },
    },
    async (request, reply) => {
      const { asset_id: assetId, static_rendition_id: id } = request.params;
      const owner = { environmentId: callerOf(request).environment.id, assetId };
      await services.db.transaction().execute((transaction) =>
        changeAssetIn(transaction, services, owner, async () => {
          const row = await endStaticRendition(transaction, services, { ...owner, id });
          await deleteStaticFileSoon(transaction, row);
        }),
      );
      return reply.code(204).send();
    },
  );
}
