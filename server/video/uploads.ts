import { isMediaId } from "../../domain/asset/media-id.ts";
import { ApiError } from "../../domain/errors.ts";
import { type AssetRef, sourceKey } from "../../domain/media/object-keys.ts";
import type { ObjectDraft, ResumableObjects } from "../../platform/objects/objects.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Row } from "../../platform/postgres/schema.ts";
import { recordEvent } from "./events.ts";
import { uploadToWire } from "./v1/upload-wire.ts";

type Db = Postgres | PostgresTransaction;
export type UploadRow = Row<"uploads">;
export type UploadEvent =
  | "video.upload.created"
  | "video.upload.asset_created"
  | "video.upload.cancelled"
  | "video.upload.errored";

/** What customers send is the first generation of an asset's source. */
const SENT_GENERATION = 1;

/** An environment's upload, or 404: not there and somebody else's look the same. */
export async function requireUpload(db: Db, environmentId: string, id: string): Promise<UploadRow> {
  const row = isMediaId(id)
    ? await selectUploads(db).where("environment_id", "=", environmentId).where("id", "=", id).executeTakeFirst()
    : undefined;
  if (row === undefined)
    throw new ApiError("not_found", [`Upload ${id} does not exist, or does not belong to this environment`]);
  return row;
}

/** The upload behind a URL. Whoever has the URL may send: the token is the secret. */
export async function findUploadByToken(db: Db, urlToken: string): Promise<UploadRow | undefined> {
  if (!/^[A-Za-z0-9_-]{43,64}$/.test(urlToken)) return undefined;
  return selectUploads(db).where("url_token", "=", urlToken).executeTakeFirst();
}

/** Keeps an upload as it is until the transaction ends, and gives its newest state. */
export async function lockUpload(
  transaction: PostgresTransaction,
  environmentId: string,
  id: string,
): Promise<UploadRow | undefined> {
  if (!isMediaId(id)) return undefined;
  return selectUploads(transaction)
    .where("environment_id", "=", environmentId)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
}

/** Newest first. */
export function listUploads(db: Db, environmentId: string, { offset, limit }: { offset: number; limit: number }) {
  return selectUploads(db)
    .where("environment_id", "=", environmentId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .offset(offset)
    .limit(limit)
    .execute();
}

export async function changeUpload(
  transaction: PostgresTransaction,
  { environment_id, id }: Pick<UploadRow, "environment_id" | "id">,
  change: { status: UploadRow["status"]; error?: { type: string; message: string } },
): Promise<UploadRow> {
  return transaction
    .updateTable("uploads")
    .set({ status: change.status, ...(change.error === undefined ? {} : { error: JSON.stringify(change.error) }) })
    .where("environment_id", "=", environment_id)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function recordUploadEvent(
  transaction: PostgresTransaction,
  type: UploadEvent,
  upload: UploadRow,
  { publicApiUrl, nowMs }: { publicApiUrl: string; nowMs: number },
): Promise<void> {
  const { environment_id: environmentId, id } = upload;
  const data = uploadToWire(upload, publicApiUrl);
  await recordEvent(transaction, { type, environmentId, object: { type: "upload", id }, data, nowMs });
}

/** Where the bytes of an upload become its asset's source. */
export function sourceOf(upload: UploadRow): { key: string; asset: AssetRef } {
  const asset = { environment: upload.environment_id, assetId: upload.asset_id };
  return { key: sourceKey(asset, SENT_GENERATION), asset };
}

export function draftOf(objects: ResumableObjects, upload: UploadRow): ObjectDraft {
  return objects.openDraft(sourceOf(upload).key, upload.id);
}

function selectUploads(db: Db) {
  return db.selectFrom("uploads").selectAll();
}
