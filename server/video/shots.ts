import { ApiError } from "../../domain/errors.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { type AssetRecord, lockAsset, requireAsset } from "./assets.ts";
import { recordEvent } from "./events.ts";
import { recordShots } from "./tell-shots.ts";
import { wantsShots } from "./v1/asset-wire.ts";

interface Owner {
  environmentId: string;
  assetId: string;
}

/**
 * Asks for an asset's shots, and tells of it; asked again it changes nothing. Those of an asset that is taken in are skipped at
 * once, others when it is ready. 404 when there is no such asset.
 */
export async function wantShots(
  transaction: PostgresTransaction,
  { now }: Pick<Services, "now">,
  owner: Owner,
): Promise<AssetRecord> {
  const before = await lockedAsset(transaction, owner);
  if (wantsShots(before)) return before;
  await setWanted(transaction, before, true, now());
  const asset = await requireAsset(transaction, owner.environmentId, owner.assetId);
  await recordShots(transaction, "created", asset, now());
  if (asset.status !== "preparing") await recordShots(transaction, "skipped", asset, now());
  return asset;
}

/** The asset with the shots that were asked for; 404 where none were. */
export async function requireShots(db: Services["db"], owner: Owner): Promise<AssetRecord> {
  const asset = await requireAsset(db, owner.environmentId, owner.assetId);
  if (!wantsShots(asset)) throw noShots(owner);
  return asset;
}

/** Takes back that shots were asked for, and tells of it. 404 where none were. */
export async function dropShots({ db, now }: Pick<Services, "db" | "now">, owner: Owner): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const asset = await lockedAsset(transaction, owner);
    if (!wantsShots(asset)) throw noShots(owner);
    await setWanted(transaction, asset, false, now());
    await recordEvent(transaction, {
      type: "video.asset.shots.deleted",
      environmentId: owner.environmentId,
      object: { type: "asset", id: owner.assetId },
      data: { status: "deleted", asset_id: owner.assetId },
      nowMs: now(),
    });
  });
}

async function lockedAsset(transaction: PostgresTransaction, { environmentId, assetId }: Owner): Promise<AssetRecord> {
  await lockAsset(transaction, environmentId, assetId);
  return requireAsset(transaction, environmentId, assetId);
}

/** @param asset as it is now, and locked */
async function setWanted(
  transaction: PostgresTransaction,
  { environment_id, id, settings }: AssetRecord,
  isWanted: boolean,
  nowMs: number,
): Promise<void> {
  await transaction
    .updateTable("assets")
    .set({ settings: JSON.stringify({ ...settings, generate_shots: isWanted }), updated_at: new Date(nowMs) })
    .where("environment_id", "=", environment_id)
    .where("id", "=", id)
    .execute();
}

function noShots({ assetId }: Owner): ApiError {
  return new ApiError("not_found", [`Asset ${assetId} has no shots: none were asked for`]);
}
