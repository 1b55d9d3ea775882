import { z } from "zod";
import type { AssetRef } from "../../domain/media/object-keys.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { ResumableObjects } from "../../platform/objects/objects.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { lockAsset, requireAsset } from "./assets.ts";
import { recordEvent } from "./events.ts";
import { removeAll } from "./sweep-objects.ts";
import { assetToWire } from "./v1/asset-wire.ts";

export const DELETE_OBJECTS_TASK = "delete_asset_objects";
/** Segments that were being made for viewers are stored by then. One that is still taken in ends with a result, and goes then. */
const SECOND_ROUND_MS = 60_000;

const DeleteObjectsJob = z.object({ environment: z.string(), assetId: z.string() });

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
export async function deleteObjectsSoon(transaction: PostgresTransaction, payload: AssetRef): Promise<void> {
  const job = { task: DELETE_OBJECTS_TASK, payload };
  await addJob(transaction, job);
  await addJob(transaction, { ...job, runAt: new Date(Date.now() + SECOND_ROUND_MS) });
}

/** The job of {@link deleteObjectsSoon}. */
export function deleteObjectsTask(objects: ResumableObjects): JobTask {
  return (payload, { signal }) => removeAll(objects, DeleteObjectsJob.parse(payload), signal);
}
