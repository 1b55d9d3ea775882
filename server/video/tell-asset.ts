import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import { requireAsset } from "./assets.ts";
import { recordEvent } from "./events.ts";
import { assetToWire } from "./v1/asset-wire.ts";

/** Notes something of an asset that lives, with the asset as it is then. */
export async function tellAsset(
  transaction: PostgresTransaction,
  type: string,
  { environmentId, assetId }: { environmentId: string; assetId: string },
  nowMs: number,
): Promise<void> {
  const data = assetToWire(await requireAsset(transaction, environmentId, assetId));
  await recordEvent(transaction, { type, environmentId, object: { type: "asset", id: assetId }, data, nowMs });
}
