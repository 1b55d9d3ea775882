import type { EnvironmentId } from "../identifiers.ts";
import type { Question } from "../monitoring/queries.ts";

export interface DeliveredScope {
  environmentId: EnvironmentId;
  /** Hours that begin in [fromMs, toMs), Unix milliseconds. */
  fromMs: number;
  toMs: number;
  /** Null: of all assets. */
  assetId: string | null;
}

/**
 * Delivered seconds by asset and tier of the rendition: `asset_id`, `tier`, `delivered_seconds` and `sessions`, in the order of
 * assets. Each segment counts once for a session and hour, however often it was sent.
 */
export function askDelivered({ environmentId, fromMs, toMs, assetId }: DeliveredScope): Question {
  return {
    sql: `
SELECT asset_id, tier, sum(length_ms) / 1000 AS delivered_seconds, toFloat64(uniqExact(session)) AS sessions
FROM deliveries FINAL
WHERE environment_id = {environmentId: UInt32} AND ({assetId: String} = '' OR asset_id = {assetId: String})
  AND hour >= fromUnixTimestamp64Milli({fromMs: Int64}, 'UTC') AND hour < fromUnixTimestamp64Milli({toMs: Int64}, 'UTC')
GROUP BY asset_id, tier ORDER BY asset_id, tier`,
    params: { environmentId, fromMs, toMs, assetId: assetId ?? "" },
  };
}
