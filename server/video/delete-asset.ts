import { z } from "zod";
import { type AssetRef, captionsKey, sentTextKey, type TrackRef } from "../../domain/media/object-keys.ts";
import { addJob, type JobSpec } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { ResumableObjects } from "../../platform/objects/objects.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { lockAsset, requireAsset } from "./assets.ts";
import { isBeingClipped } from "./clip-source.ts";
import { recordEvent } from "./events.ts";
import { removeAll } from "./sweep-objects.ts";
import { assetToWire } from "./v1/asset-wire.ts";

export const DELETE_OBJECTS_TASK = "delete_asset_objects";
/** Of its own: a worker of an earlier release would take a track's for the whole asset's. */
export const DELETE_TEXT_TASK = "delete_text_track";
/** Segments that were being made for viewers are stored by then. One that is still taken in ends with a result, and goes then. */
const SECOND_ROUND_MS = 60_000;
/** A clip is cut in seconds. */
const CLIPPED_MS = 10_000;

const DeleteObjectsJob = z.object({ environment: z.string(), assetId: z.string() });
const DeleteTextJob = DeleteObjectsJob.extend({ trackId: z.string() });

/** Ends an asset: its playback ids with it, its bytes soon after. 404 when there is none, deleted ones included. */
export async function deleteAsset(
  { db, now }: Pick<Services, "db" | "now">,
  environmentId: string,
  id: string,
): Promise<void> {
  const nowMs = now();
  const deleted = { deleted_at: new Date(nowMs) };
  await db.transaction().execute(async (transaction) => {
    await lockAsset(transaction, environmentId, id);
    const asset = await requireAsset(transaction, environmentId, id);
    await transaction
      .updateTable("assets")
      .set({ ...deleted, updated_at: deleted.deleted_at })
      .where("environment_id", "=", environmentId)
      .where("id", "=", id)
      .execute();
    await transaction
      .updateTable("playback_ids")
      .set(deleted)
      .where("environment_id", "=", environmentId)
      .where("asset_id", "=", id)
      .where("deleted_at", "is", null)
      .execute();
    await recordEvent(transaction, {
      type: "video.asset.deleted",
      environmentId,
      object: { type: "asset", id },
      data: assetToWire(asset),
      nowMs,
    });
    await deleteObjectsSoon(transaction, { environment: environmentId, assetId: id });
  });
}

/** Has the bytes of a deleted asset removed; again whenever a transcoder may have stored more. */
export function deleteObjectsSoon(transaction: PostgresTransaction, payload: AssetRef): Promise<void> {
  return addTwice(transaction, { task: DELETE_OBJECTS_TASK, payload });
}

/** Has the bytes of a deleted text track removed. */
export function deleteTextSoon(transaction: PostgresTransaction, payload: TrackRef): Promise<void> {
  return addTwice(transaction, { task: DELETE_TEXT_TASK, payload });
}

/** At once, and when what a transcoder was making just then is stored. */
export async function addTwice(
  transaction: PostgresTransaction,
  job: Pick<JobSpec, "task" | "payload">,
): Promise<void> {
  await addJob(transaction, job);
  await addJob(transaction, { ...job, afterMs: SECOND_ROUND_MS });
}

/** The job of {@link deleteObjectsSoon}; running it again finds nothing left. Waits for clips that are being made of the asset. */
export function deleteObjectsTask({ db, objects }: Pick<Services, "db" | "objects">): JobTask {
  return async (payload, { signal }) => {
    const ref = DeleteObjectsJob.parse(payload);
    if (!(await isBeingClipped(db, ref))) return removeAll(objects, ref, signal);
    const key = `${DELETE_OBJECTS_TASK}:${ref.assetId}`;
    await addJob(db, { task: DELETE_OBJECTS_TASK, payload: ref, key, afterMs: CLIPPED_MS });
  };
}

/** The job of {@link deleteTextSoon}. */
export function deleteTextTask(objects: ResumableObjects): JobTask {
  return async (payload) => {
    const ref = DeleteTextJob.parse(payload);
    for (const key of [captionsKey(ref), sentTextKey(ref)]) await objects.delete(key);
  };
}
