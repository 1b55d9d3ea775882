import { z } from "zod";
import { encodingTier } from "../../domain/asset/settings-wire.ts";
import type { DeliveredScope } from "../../domain/usage/ask-delivered.ts";
import {
  askDeliveryUsage,
  type DeliveryUsageRow,
  TIER_FIELDS,
  type UsagePage,
} from "../../domain/usage/ask-delivery-usage.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { Row } from "../../platform/postgres/schema.ts";
import type { Services } from "../http/services.ts";

const seconds = z.number().nonnegative();
const Usage: z.ZodType<DeliveryUsageRow> = z.object({
  asset_id: z.string(),
  delivered_seconds: seconds,
  ...{ tier_audio_only: seconds, tier_720p: seconds, tier_1080p: seconds, tier_1440p: seconds, tier_2160p: seconds },
});

type AssetFacts = Pick<Row<"assets">, "id" | "created_at" | "deleted_at" | "passthrough" | "video_quality" | "meta"> & {
  duration_seconds: number;
  resolution_tier: string;
};

/** What was delivered of an asset, deleted ones included. */
export interface DeliveryReport {
  asset: AssetFacts;
  usage: DeliveryUsageRow;
}

export const stateOf = ({ deleted_at }: AssetFacts) => (deleted_at === null ? "ready" : "deleted");

export const encodingTierOf = ({ video_quality }: AssetFacts) => encodingTier(video_quality);

/** Fields of {@link DeliveryUsageRow}, in order. */
export const USAGE_TIERS = Object.values(TIER_FIELDS);

/**
 * A page of assets by what was delivered of them, most first. What the store tells of an asset that is not in the database,
 * as after a restore of an older copy, is left out and logged; `isLast` says whether the store has no more. Rejects as
 * `analytics` does.
 *
 * @param environment public id of the same environment
 * @param keepMs how long the answer may serve others who ask the same
 */
export async function deliveryReports(
  { db, analytics }: Pick<Services, "db" | "analytics">,
  log: Pick<Logger, "warn">,
  { environment, scope, page, keepMs }: { environment: string; scope: DeliveredScope; page: UsagePage; keepMs: number },
): Promise<{ reports: DeliveryReport[]; isLast: boolean }> {
  const rows = await analytics.ask(askDeliveryUsage(scope, page), Usage, { name: "delivery usage", keepMs });
  const facts = await factsOf(
    db,
    environment,
    rows.map(({ asset_id }) => asset_id),
  );
  const reports = rows.flatMap((usage) => {
    const asset = facts.get(usage.asset_id);
    if (asset === undefined) log.warn({ assetId: usage.asset_id }, "delivered seconds of an asset that is not there");
    return asset === undefined ? [] : [{ asset, usage }];
  });
  return { reports, isLast: rows.length < page.limit };
}

/** By id. Only what was ready once can be delivered, and has these facts. */
async function factsOf(db: Postgres, environment: string, ids: string[]): Promise<Map<string, AssetFacts>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("assets")
    .select(["id", "created_at", "deleted_at", "passthrough", "video_quality", "meta"])
    .select(["duration_seconds", "resolution_tier"])
    .where("environment_id", "=", environment)
    .where("id", "in", ids)
    .execute();
  return new Map(
    rows.flatMap(({ duration_seconds, resolution_tier, ...row }) =>
      duration_seconds === null || resolution_tier === null
        ? []
        : [[row.id, { ...row, duration_seconds, resolution_tier }] as const],
    ),
  );
}
