import type { PlaybackPolicy } from "../../domain/asset/settings-wire.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";

export interface NewPlaybackIds {
  environmentId: string;
  assetId: string;
  policies: readonly PlaybackPolicy[];
}

/** Makes one playback id of each policy and returns them in that order. */
export async function insertPlaybackIds(
  transaction: PostgresTransaction,
  { newId, now }: Pick<Services, "newId" | "now">,
  { environmentId, assetId, policies }: NewPlaybackIds,
): Promise<{ id: string; policy: PlaybackPolicy }[]> {
  const made = policies.map((policy) => ({ id: newId(), policy }));
  if (made.length === 0) return [];
  const created_at = new Date(now());
  await transaction
    .insertInto("playback_ids")
    .values(
      made.map(({ id, policy }) => ({ environment_id: environmentId, id, asset_id: assetId, policy, created_at })),
    )
    .execute();
  return made;
}
