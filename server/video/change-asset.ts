import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { type AssetRecord, lockAsset, requireAsset } from "./assets.ts";
import { recordEvent } from "./events.ts";
import { assetToWire } from "./v1/asset-wire.ts";

type Change<T> = (transaction: PostgresTransaction, asset: AssetRecord) => Promise<T>;

/**
 * Runs a change of one asset with its row locked, tells of it as `video.asset.updated`, and returns the asset as it is then
 * with what the change made. 404 when there is no such asset.
 */
export function changeAsset<T>(
  services: Pick<Services, "db" | "now">,
  environmentId: string,
  assetId: string,
  change: Change<T>,
): Promise<{ asset: AssetRecord; made: T }> {
  return services.db
    .transaction()
    .execute((transaction) => changeAssetIn(transaction, services, { environmentId, assetId }, change));
}

/** {@link changeAsset} as a part of a larger transaction. */
export async function changeAssetIn<T>(
  transaction: PostgresTransaction,
  { now }: Pick<Services, "now">,
  { environmentId, assetId }: { environmentId: string; assetId: string },
  change: Change<T>,
): Promise<{ asset: AssetRecord; made: T }> {
  await lockAsset(transaction, environmentId, assetId);
  const made = await change(transaction, await requireAsset(transaction, environmentId, assetId));
  const asset = await requireAsset(transaction, environmentId, assetId);
  await recordEvent(transaction, {
    type: "video.asset.updated",
    environmentId,
    object: { type: "asset", id: assetId },
    data: assetToWire(asset),
    nowMs: now(),
  });
  return { asset, made };
}
