import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { AssetRecord } from "./assets.ts";
import { recordEvent } from "./events.ts";
import { shotsToWire, wantsShots } from "./v1/asset-wire.ts";

/** Notes what is to become of the shots of an asset, or became of them, if they were asked for: nothing looks for any. */
export async function tellShots(transaction: PostgresTransaction, asset: AssetRecord, nowMs: number): Promise<void> {
  if (!wantsShots(asset)) return;
  await recordShots(transaction, shotsToWire(asset).status === "pending" ? "created" : "skipped", asset, nowMs);
}

/** The event of an asset's shots as they are now. */
export async function recordShots(
  transaction: PostgresTransaction,
  what: "created" | "skipped",
  asset: AssetRecord,
  nowMs: number,
): Promise<void> {
  await recordEvent(transaction, {
    type: `video.asset.shots.${what}`,
    environmentId: asset.environment_id,
    object: { type: "asset", id: asset.id },
    data: { ...shotsToWire(asset), asset_id: asset.id },
    nowMs,
  });
}
