import type { PlaybackPolicy } from "../../domain/asset/settings-wire.ts";
import { ApiError } from "../../domain/errors.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import type { AssetRecord } from "./assets.ts";

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

/** Every answer about the asset, and every event of it, has all of them in it. */
const MOST_PLAYBACK_IDS = 1_000;

/** @throws ApiError `limit_reached` */
export function requireRoomForPlaybackId({ playbackIds }: Pick<AssetRecord, "playbackIds">): void {
  if (playbackIds.length >= MOST_PLAYBACK_IDS)
    throw new ApiError("limit_reached", [
      `This asset has ${MOST_PLAYBACK_IDS} playback ids, and may have no more: delete some first, or sign a token for each viewer`,
    ]);
}
