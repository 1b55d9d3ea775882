import type { Question } from "../monitoring/queries.ts";
import type { DeliveredScope } from "./ask-delivered.ts";

/** Names on the wire by tier of the rendition. */
export const TIER_FIELDS = {
  "audio-only": "tier_audio_only",
  "720p": "tier_720p",
  "1080p": "tier_1080p",
  "1440p": "tier_1440p",
  "2160p": "tier_2160p",
} as const;

export type TierField = (typeof TIER_FIELDS)[keyof typeof TIER_FIELDS];

/** Seconds of one asset that were delivered, all together and by tier. */
export type DeliveryUsageRow = { asset_id: string; delivered_seconds: number } & Record<TierField, number>;

export interface UsagePage {
  limit: number;
  offset: number;
}

const TIER_SUMS = Object.entries(TIER_FIELDS)
  .map(([tier, field]) => `sumIf(length_ms, tier = '${tier}') / 1000 AS ${field}`)
  .join(", ");

/** Delivered seconds of each asset that has any, most first ({@link DeliveryUsageRow}); what counts is as in `askDelivered`. */
export function askDeliveryUsage({ environmentId, fromMs, toMs, assetId }: DeliveredScope, page: UsagePage): Question {
  return {
    sql: `
SELECT asset_id, sum(length_ms) / 1000 AS delivered_seconds, ${TIER_SUMS}
FROM deliveries FINAL
WHERE environment_id = {environmentId: UInt32} AND ({assetId: String} = '' OR asset_id = {assetId: String})
  AND hour >= fromUnixTimestamp64Milli({fromMs: Int64}, 'UTC') AND hour < fromUnixTimestamp64Milli({toMs: Int64}, 'UTC')
GROUP BY asset_id HAVING delivered_seconds > 0
ORDER BY delivered_seconds DESC, asset_id
LIMIT {limit: UInt32} OFFSET {offset: UInt32}`,
    params: { environmentId, fromMs, toMs, assetId: assetId ?? "", ...page },
  };
}
