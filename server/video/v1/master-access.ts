import { z } from "zod";
import { MASTER_ACCESS, type MasterAccess } from "../../../domain/asset/master.ts";
import { NO_MASTER_OF_TESTS } from "../../../domain/asset/settings-wire.ts";
import { ApiError } from "../../../domain/errors.ts";
import type { PostgresTransaction } from "../../../platform/postgres/pool.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { deleteMasterFileSoon } from "../apply-master.ts";
import { type AssetRecord, lockAsset, requireAsset } from "../assets.ts";
import { changeAssetIn } from "../change-asset.ts";
import { endMaster, makeMaster, masterRef, wantMaster } from "../masters.ts";
import { AssetWire, assetToWire } from "./asset-wire.ts";

const Params = z.object({ asset_id: z.string() });
const Body = z.object({ master_access: z.enum(MASTER_ACCESS) });

/** `PUT /video/v1/assets/{asset_id}/master-access` (reference video-api.md §3.3). */
export function masterAccessRoute(app: App, services: Services): void {
  app.put(
    "/video/v1/assets/:asset_id/master-access",
    {
      onRequest: allow(services, "video:write"),
      schema: {
        tags: ["Assets"],
        security: [{ accessToken: [] }],
        summary: "Have the source of an asset as a file, for 24 hours",
        params: Params,
        body: Body,
        response: { ...REFUSALS, 200: z.object({ data: AssetWire }) },
      },
    },
    async (request) => {
      const owner = { environmentId: callerOf(request).environment.id, assetId: request.params.asset_id };
      const { master_access } = request.body;
      const asset = await services.db
        .transaction()
        .execute((transaction) => setAccess(transaction, services, owner, master_access));
      return { data: assetToWire(asset) };
    },
  );
}

/** What is so already stays so, with the time it has left; one that could not be made is tried anew. */
async function setAccess(
  transaction: PostgresTransaction,
  services: Services,
  owner: { environmentId: string; assetId: string },
  access: MasterAccess,
): Promise<AssetRecord> {
  await lockAsset(transaction, owner.environmentId, owner.assetId);
  const before = await requireAsset(transaction, owner.environmentId, owner.assetId);
  const { master, status } = before;
  const isSo = access === "none" ? master === null : master !== null && master.status !== "errored";
  if (isSo) return before;
  if (access === "temporary" && before.is_test)
    throw new ApiError("invalid_parameters", [`master_access: ${NO_MASTER_OF_TESTS}`]);
  if (access === "temporary" && status === "errored")
    throw new ApiError("invalid_parameters", [`Asset ${before.id} is errored: there is nothing to download`]);
  const { asset } = await changeAssetIn(transaction, services, owner, async () => {
    if (master !== null) await end(transaction, services, masterRef(master));
    if (access === "none") return;
    const wanted = await wantMaster(transaction, services, owner);
    if (status === "ready") await makeMaster(transaction, wanted);
  });
  return asset;
}

async function end(
  transaction: PostgresTransaction,
  { now }: Services,
  ref: ReturnType<typeof masterRef>,
): Promise<void> {
  await endMaster(transaction, ref, "now", now());
  await deleteMasterFileSoon(transaction, ref);
}
