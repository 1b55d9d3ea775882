import { foldAsset } from "../../domain/view/named-asset.ts";
import { textField, type ViewState } from "../../domain/view/view-state.ts";
import { peekPlaybackIds } from "../../domain/wire/peek-playback-ids.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";

/**
 * Tells a view of the asset that it plays, in place, as the collector's edge does: the likeliest playback id that is one of
 * its environment, deleted ones included, since somebody may still be watching.
 */
export async function nameAsset(db: Postgres, environmentId: string, view: ViewState): Promise<void> {
  const video_source_url = textField(view, "video_source_url") || textField(view, "player_source_url");
  const ids = peekPlaybackIds({ video_source_url, video_id: textField(view, "video_id") });
  if (ids.length === 0) return;
  const rows = await db
    .selectFrom("collector_playback_ids")
    .select(["playback_id", "asset_id", "title", "external_id", "creator_id"])
    .where("environment_id", "=", environmentId)
    .where("playback_id", "in", ids)
    .execute();
  const owned = ids.flatMap((id) => rows.find(({ playback_id }) => playback_id === id) ?? [])[0];
  if (owned === undefined) return;
  const { asset_id: assetId, title, external_id, creator_id } = owned;
  const names = { title: title ?? "", externalId: external_id ?? "", creatorId: creator_id ?? "" };
  foldAsset(view, { sequence: 0, assetId, ...names }, view.firstSeenMs);
}
