import { type Mp4Status, type Mp4Support, mp4Files, mp4Status } from "../../domain/asset/mp4-support.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { type AssetRecord, requireAsset } from "./assets.ts";
import { deleteStaticFileSoon } from "./delete-static-file.ts";
import {
  endStaticRendition,
  insertStaticRenditions,
  makeStaticRenditions,
  type StaticRow,
} from "./static-renditions.ts";
import { tellAsset } from "./tell-asset.ts";

type Mp4Event = Mp4Status | "deleted";

interface Owner {
  environmentId: string;
  assetId: string;
}

/** Notes the setting of an asset. Its files follow by {@link bringMp4Files}. */
export async function setMp4Support(
  transaction: PostgresTransaction,
  { environmentId, assetId }: Owner,
  support: Mp4Support,
  nowMs: number,
): Promise<void> {
  await transaction
    .updateTable("assets")
    .set({ mp4_support: support, updated_at: new Date(nowMs) })
    .where("environment_id", "=", environmentId)
    .where("id", "=", assetId)
    .execute();
}

/** Brings the files of an asset that is ready to what its setting asks for: some are made, others go. */
export async function bringMp4Files(
  transaction: PostgresTransaction,
  services: Pick<Services, "newId" | "now">,
  asset: AssetRecord,
): Promise<void> {
  const owner = { environmentId: asset.environment_id, assetId: asset.id };
  const existing = legacyFiles(asset);
  const own = asset.tracks.filter(({ source_url }) => source_url === null); // added sounds are in no file
  const has = (type: "video" | "audio"): boolean => own.some((track) => track.type === type);
  const wanted = mp4Files(asset.mp4_support, { hasPicture: has("video"), hasSound: has("audio") });
  const surplus = existing.filter(({ resolution }) => !wanted.some((one) => one === resolution));
  for (const { id } of surplus)
    await deleteStaticFileSoon(transaction, await endStaticRendition(transaction, services, { ...owner, id }));
  const missing = wanted.filter((resolution) => !existing.some((file) => file.resolution === resolution));
  const rows = await insertStaticRenditions(
    transaction,
    services,
    owner,
    missing.map((resolution) => ({ resolution, passthrough: null })),
    { isLegacy: true },
  );
  await makeStaticRenditions(transaction, rows);
  if (rows.length > 0) await tellMp4(transaction, "preparing", owner, services.now());
  if (asset.mp4_support === "none" && surplus.length > 0) await tellMp4(transaction, "deleted", owner, services.now());
}

/** Tells once what the files of an asset have come to, when one of them, which was `preparing`, is made or not. */
export async function settleMp4Files(
  transaction: PostgresTransaction,
  owner: Owner,
  settledId: string,
  nowMs: number,
): Promise<void> {
  const files = legacyFiles(await requireAsset(transaction, owner.environmentId, owner.assetId));
  const before = mp4Status(
    "ready",
    files.map(({ id, status }) => (id === settledId ? "preparing" : status)),
  );
  const after = mp4Status(
    "ready",
    files.map(({ status }) => status),
  );
  if (after !== before) await tellMp4(transaction, after, owner, nowMs);
}

export function legacyFiles({ staticRenditions }: Pick<AssetRecord, "staticRenditions">): StaticRow[] {
  return staticRenditions.filter((file) => file.is_legacy);
}

/** Notes `video.asset.static_renditions.…` with the asset as it is then (reference video-api.md §7.5). */
export function tellMp4(transaction: PostgresTransaction, what: Mp4Event, owner: Owner, nowMs: number): Promise<void> {
  return tellAsset(transaction, `video.asset.static_renditions.${what}`, owner, nowMs);
}
