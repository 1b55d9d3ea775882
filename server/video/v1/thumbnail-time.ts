import { z } from "zod";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { changeAsset } from "../change-asset.ts";

/** DELETE /video/v1/assets/{id}/thumbnail-time; `PATCH` of the asset sets it. */
export function thumbnailTimeRoute(app: App, services: Services): void {
  app.delete(
    "/video/v1/assets/:asset_id/thumbnail-time",
    {
      onRequest: allow(services, "video:write"),
      schema: {
        tags: ["Assets"],
        security: [{ accessToken: [] }],
        summary: "Take a thumbnail that names no time from the middle again",
        params: z.object({ asset_id: z.string() }),
        response: { ...REFUSALS, 204: z.void() },
      },
    },
    async (request, reply) => {
      const environmentId = callerOf(request).environment.id;
      const { asset_id: assetId } = request.params;
      await changeAsset(services, environmentId, assetId, (transaction) =>
        transaction
          .updateTable("assets")
          .set({ thumbnail_seconds: null, updated_at: new Date(services.now()) })
          .where("environment_id", "=", environmentId)
          .where("id", "=", assetId)
          .execute(),
      );
      return reply.code(204).send();
    },
  );
}
