import type { CreatedBetween } from "../../domain/asset/created-between.ts";
import { isMediaId } from "../../domain/asset/media-id.ts";
import { ApiError } from "../../domain/errors.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Row } from "../../platform/postgres/schema.ts";
import type { Cursor } from "../http/paging.ts";
import { type StaticRow, staticRenditionsOf } from "./static-renditions.ts";

type Db = Postgres | PostgresTransaction;

/** An asset with all that its resource shows. */
export type AssetRecord = AssetRow & {
  tracks: TrackRow[];
  playbackIds: PlaybackIdRow[];
  staticRenditions: StaticRow[];
  /** Null where none is asked for. */
  master: MasterRow | null;
};
type AssetRow = Row<"assets"> & {
  progress_state: Row<"asset_progress">["state"] | null;
  progress_percent: number | null;
};
export type TrackRow = Row<"tracks">;
export type MasterRow = Row<"masters">;
export type PlaybackIdRow = Row<"playback_ids">;

export interface AssetFilter {
  uploadId?: string | undefined;
  /** Somewhere in it, whatever the case. */
  title?: string | undefined;
  externalId?: string | undefined;
  creatorId?: string | undefined;
  passthrough?: string | undefined;
  status?: AssetRow["status"] | undefined;
  created?: CreatedBetween;
  /** Rows behind it; without one, `offset` rows are left out. */
  after?: Cursor | undefined;
  offset?: number;
  limit: number;
}

/** An environment's asset, or 404: not there, deleted and somebody else's look the same. */
export async function requireAsset(db: Db, environmentId: string, id: string): Promise<AssetRecord> {
  const row = isMediaId(id)
    ? await selectAssets(db, environmentId).where("a.id", "=", id).executeTakeFirst()
    : undefined;
  if (row === undefined)
    throw new ApiError("not_found", [`Asset ${id} does not exist, or does not belong to this environment`]);
  const [record] = await withParts(db, environmentId, [row]);
  if (record === undefined) throw new Error("an asset was lost");
  return record;
}

/** An asset to which something can be added, locked; 404 when there is none, 400 while it is not ready. */
export async function requireReadyAsset(
  transaction: PostgresTransaction,
  environmentId: string,
  id: string,
): Promise<AssetRecord> {
  await lockAsset(transaction, environmentId, id);
  const asset = await requireAsset(transaction, environmentId, id);
  if (asset.status === "ready") return asset;
  throw new ApiError("invalid_parameters", [`The asset is ${asset.status}: tracks can be added once it is ready`]);
}

/** Assets that are all that the filter says, newest first. */
export async function listAssets(db: Db, environmentId: string, filter: AssetFilter): Promise<AssetRecord[]> {
  const { uploadId, after, offset = 0, limit } = filter;
  if (uploadId !== undefined && !isMediaId(uploadId)) return [];
  let query = narrowed(selectAssets(db, environmentId), filter)
    .orderBy("a.created_at", "desc")
    .orderBy("a.id", "desc")
    .limit(limit);
  if (after === undefined) query = query.offset(offset);
  else {
    query = query.where(({ eb, or, and }) =>
      or([
        eb("a.created_at", "<", after.createdAt),
        and([eb("a.created_at", "=", after.createdAt), eb("a.id", "<", after.id)]),
      ]),
    );
  }
  return withParts(db, environmentId, await query.execute());
}

type Query = ReturnType<typeof selectAssets>;

/** Each condition but that of the title has an index (migrations/postgres/0019_search_vocabularies_usage.sql). */
function narrowed(
  all: Query,
  { uploadId, title, externalId, creatorId, passthrough, status, created }: AssetFilter,
): Query {
  let query = all;
  if (uploadId !== undefined) query = query.where("a.upload_id", "=", uploadId);
  if (passthrough !== undefined) query = query.where("a.passthrough", "=", passthrough);
  if (status !== undefined) query = query.where("a.status", "=", status);
  if (title !== undefined)
    query = query.where(({ eb, ref }) => eb(ref("a.meta", "->>").key("title"), "ilike", `%${escaped(title)}%`));
  if (externalId !== undefined)
    query = query.where(({ eb, ref }) => eb(ref("a.meta", "->>").key("external_id"), "=", externalId));
  if (creatorId !== undefined)
    query = query.where(({ eb, ref }) => eb(ref("a.meta", "->>").key("creator_id"), "=", creatorId));
  const { fromMs = null, toMs = null } = created ?? {};
  if (fromMs !== null) query = query.where("a.created_at", ">=", new Date(fromMs));
  if (toMs !== null) query = query.where("a.created_at", "<", new Date(toMs));
  return query;
}

/** As it stands, where a pattern would mean something else by it. */
function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, "\\$&");
}

/**
 * Keeps the asset as it is until the transaction ends, against others who lock it first: false when there is none that
 * lives. What is read afterwards is its newest state.
 */
export async function lockAsset(
  transaction: PostgresTransaction,
  environmentId: string,
  assetId: string,
): Promise<boolean> {
  if (!isMediaId(assetId)) return false;
  const row = await transaction
    .selectFrom("assets")
    .select("id")
    .where("environment_id", "=", environmentId)
    .where("id", "=", assetId)
    .where("deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

function selectAssets(db: Db, environmentId: string) {
  return db
    .selectFrom("assets as a")
    .leftJoin("asset_progress as p", (join) =>
      join.onRef("p.environment_id", "=", "a.environment_id").onRef("p.asset_id", "=", "a.id"),
    )
    .selectAll("a")
    .select(["p.state as progress_state", "p.progress as progress_percent"])
    .where("a.environment_id", "=", environmentId)
    .where("a.deleted_at", "is", null);
}

async function withParts(db: Db, environmentId: string, rows: AssetRow[]): Promise<AssetRecord[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const tracks = await tracksOf(db, environmentId, ids);
  const playbackIds = await playbackIdsOf(db, environmentId, ids);
  const staticRenditions = await staticRenditionsOf(db, environmentId, ids);
  const masters = await mastersOf(db, environmentId, ids);
  return rows.map((row) => ({
    ...row,
    tracks: tracks.filter((track) => track.asset_id === row.id),
    playbackIds: playbackIds.filter((playbackId) => playbackId.asset_id === row.id),
    staticRenditions: staticRenditions.filter((file) => file.asset_id === row.id),
    master: masters.find((master) => master.asset_id === row.id) ?? null,
  }));
}

function tracksOf(db: Db, environmentId: string, assetIds: readonly string[]) {
  return db
    .selectFrom("tracks")
    .selectAll()
    .where("environment_id", "=", environmentId)
    .where("asset_id", "in", assetIds)
    .where("status", "<>", "deleted")
    .orderBy("created_at")
    .orderBy("type", "desc") // video before audio, which are made together
    .execute();
}

function mastersOf(db: Db, environmentId: string, assetIds: readonly string[]): Promise<MasterRow[]> {
  return db
    .selectFrom("masters")
    .selectAll()
    .where("environment_id", "=", environmentId)
    .where("asset_id", "in", assetIds)
    .where("deleted_at", "is", null)
    .execute();
}

function playbackIdsOf(db: Db, environmentId: string, assetIds: readonly string[]) {
  return db
    .selectFrom("playback_ids")
    .selectAll()
    .where("environment_id", "=", environmentId)
    .where("asset_id", "in", assetIds)
    .where("deleted_at", "is", null)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}
