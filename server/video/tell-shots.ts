import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { AssetRecord } from "./assets.ts";
import { recordEvent } from "./events.ts";
import { shotsToWire, wantsShots } from "./v1/asset-wire.ts";

/** Notes what is to become of the shots of an asset, or became of them, if they were asked for: nothing looks for any. */
export async function tellShots(transaction: PostgresTransaction, asset: AssetRecord, nowMs: number): Promise<void> {
  if (!wantsShots(asset)) return;
  const { environment_id: environmentId, id } = asset;
  const shots = shotsToWire(asset);
  await recordEvent(transaction, {
    type: `video.asset.shots.${shots.status === "pending" ? "created" : "skipped"}`,
    environmentId,
    object: { type: "asset", id },
    data: { ...shots, asset_id: id },
    nowMs,
  });
}
