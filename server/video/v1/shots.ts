import { z } from "zod";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import { IdempotencyHeaders, writeOnce } from "../../http/idempotency.ts";
import type { Services } from "../../http/services.ts";
import { dropShots, requireShots, wantShots } from "../shots.ts";
import { ShotsWire, shotsToWire } from "./asset-wire.ts";

const PATH = "/video/v1/assets/:asset_id/shots";
const Params = z.object({ asset_id: z.string() });
const one = z.object({ data: ShotsWire });
const common = { tags: ["Assets"], security: [{ accessToken: [] }], params: Params };

/** /video/v1/assets/{id}/shots (reference video-api.md §3.2): taken, and reported as skipped, since nothing looks for shots. */
export function shotRoutes(app: App, services: Services): void {
  app.get(
    PATH,
    {
      onRequest: allow(services, "video:read"),
      schema: { ...common, summary: "Retrieve the shots that were asked for", response: { ...REFUSALS, 200: one } },
    },
    async (request) => {
      const owner = ownerOf(request);
      return { data: shotsToWire(await requireShots(services.db, owner)) };
    },
  );
  app.post(
    PATH,
    {
      onRequest: allow(services, "video:write"),
      schema: {
        ...common,
        summary: "Ask for the shots of an asset",
        description: "Nothing looks for shots here: they are `skipped`, with `errors` that say so.",
        headers: IdempotencyHeaders,
        response: { ...REFUSALS, 422: ErrorBody, 201: one },
      },
    },
    async (request, reply) => {
      const owner = ownerOf(request);
      const data = await writeOnce(services, request, reply, async (transaction) =>
        shotsToWire(await wantShots(transaction, services, owner)),
      );
      return reply.code(201).send({ data });
    },
  );
  app.delete(
    PATH,
    {
      onRequest: allow(services, "video:write"),
      schema: { ...common, summary: "Delete the shots of an asset", response: { ...REFUSALS, 204: z.void() } },
    },
    async (request, reply) => {
      await dropShots(services, ownerOf(request));
      return reply.code(204).send();
    },
  );
}

type Asked = Parameters<typeof callerOf>[0] & { params: z.output<typeof Params> };

function ownerOf(request: Asked): { environmentId: string; assetId: string } {
  return { environmentId: callerOf(request).environment.id, assetId: request.params.asset_id };
}
