import { z } from "zod";
import { MP4_SUPPORT, type Mp4Support } from "../../../domain/asset/mp4-support.ts";
import { ApiError } from "../../../domain/errors.ts";
import type { PostgresTransaction } from "../../../platform/postgres/pool.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { type AssetRecord, lockAsset, requireAsset } from "../assets.ts";
import { changeAssetIn } from "../change-asset.ts";
import { bringMp4Files, setMp4Support } from "../mp4-support.ts";
import { AssetWire, assetToWire } from "./asset-wire.ts";

const Params = z.object({ asset_id: z.string() });
const Body = z.object({ mp4_support: z.enum(MP4_SUPPORT) });

/** `PUT /video/v1/assets/{asset_id}/mp4-support` (reference video-api.md §3.3). */
export function mp4SupportRoute(app: App, services: Services): void {
  app.put(
    "/video/v1/assets/:asset_id/mp4-support",
    {
      onRequest: allow(services, "video:write"),
      schema: {
        tags: ["Static renditions"],
        security: [{ accessToken: [] }],
        summary: "Have files of whole renditions made, by the older setting",
        params: Params,
        body: Body,
        response: { ...REFUSALS, 200: z.object({ data: AssetWire }) },
      },
    },
    async (request) => {
      const owner = { environmentId: callerOf(request).environment.id, assetId: request.params.asset_id };
      const { mp4_support } = request.body;
      const asset = await services.db
        .transaction()
        .execute((transaction) => setSupport(transaction, services, owner, mp4_support));
      return { data: assetToWire(asset) };
    },
  );
}

async function setSupport(
  transaction: PostgresTransaction,
  services: Services,
  owner: { environmentId: string; assetId: string },
  support: Mp4Support,
): Promise<AssetRecord> {
  const { environmentId, assetId } = owner;
  await lockAsset(transaction, environmentId, assetId);
  const before = await requireAsset(transaction, environmentId, assetId);
  if (before.mp4_support === support) return before;
  refuseImpossible(before, support);
  const { asset } = await changeAssetIn(transaction, services, owner, async () => {
    await setMp4Support(transaction, owner, support, services.now());
    const changed = await requireAsset(transaction, environmentId, assetId);
    if (changed.status === "ready") await bringMp4Files(transaction, services, changed);
  });
  return asset;
}

function refuseImpossible({ id, status, staticRenditions }: AssetRecord, support: Mp4Support): void {
  if (support === "none") return;
  if (status === "errored")
    throw new ApiError("invalid_parameters", [`Asset ${id} is errored: there is nothing to make files of`]);
  if (staticRenditions.some((file) => !file.is_legacy))
    throw new ApiError("invalid_parameters", ["mp4_support: the asset has static renditions: delete them before"]);
}
