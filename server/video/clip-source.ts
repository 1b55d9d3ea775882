import { type ClipInput, clipSpan } from "../../domain/asset/clip-input.ts";
import { isMediaId } from "../../domain/asset/media-id.ts";
import { ApiError } from "../../domain/errors.ts";
import type { AssetRef } from "../../domain/media/object-keys.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import { type AssetRecord, lockAsset, requireAsset } from "./assets.ts";

export interface ClipSource {
  source: AssetRecord;
  /** On the source's time line. */
  startSeconds: number;
  endSeconds: number;
}

/**
 * The asset that a clip is made of, and which stretch of it; locked, so that it is deleted after the clip is there or not at all.
 * 400 where there is none, where it is not ready, and where nothing of it is asked for.
 */
export async function requireClipSource(
  transaction: PostgresTransaction,
  environmentId: string,
  clip: ClipInput,
): Promise<ClipSource> {
  const id = clip.sourceAssetId;
  const lives = isMediaId(id) && (await lockAsset(transaction, environmentId, id));
  if (!lives) throw refused(`Asset ${id} does not exist, or does not belong to this environment`);
  const source = await requireAsset(transaction, environmentId, id);
  if (source.status !== "ready")
    throw refused(`Asset ${id} is ${source.status}: clips are made of assets that are ready`);
  const span = clipSpan(clip, source.duration_seconds ?? 0);
  if ("problem" in span) throw new ApiError("invalid_parameters", [`inputs[0].${span.problem}`]);
  return { source, ...span };
}

function refused(what: string): ApiError {
  return new ApiError("invalid_parameters", [`inputs[0].url: ${what}`]);
}

/** Whether clips that were promised still need an asset's bytes, also a deleted one's. */
export async function isBeingClipped(db: Postgres, { environment, assetId }: AssetRef): Promise<boolean> {
  const clip = await db
    .selectFrom("assets")
    .select("id")
    .where("environment_id", "=", environment)
    .where("source_asset_id", "=", assetId)
    .where("status", "=", "preparing")
    .where("deleted_at", "is", null)
    .limit(1)
    .executeTakeFirst();
  return clip !== undefined;
}
