import { isMediaId } from "../../domain/asset/media-id.ts";
import { type AssetRef, assetPrefix, fetchDraftId, sourceKey } from "../../domain/media/object-keys.ts";
import { addJobUnlessWaiting } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { ResumableObjects } from "../../platform/objects/objects.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { isBeingClipped } from "./clip-source.ts";

export const SWEEP_TASK = "sweep_objects";

const EVERY_MS = 24 * 3_600_000;
/** Bytes of an asset that was deleted just now are being removed by its own jobs. */
const GRACE_MS = 3_600_000;

export const sweepJob = (afterMs: number) => ({
  ...{ task: SWEEP_TASK, payload: {}, key: SWEEP_TASK },
  ...{ afterMs, maxAttempts: 3 },
});

/**
 * Removes what is stored for assets that are deleted or never came to be, once a day: what a killed process, or a result that
 * never came, has left behind. Walks over the names of all objects. Keys of any other kind are left alone.
 */
export function sweepObjectsTask({ db, objects, now }: Pick<Services, "db" | "objects" | "now">): JobTask {
  return async (_, { signal }) => {
    await addJobUnlessWaiting(db, sweepJob(EVERY_MS));
    for await (const ref of storedAssets(objects, "")) {
      signal.throwIfAborted();
      if (await isWanted(db, ref, new Date(now() - GRACE_MS))) continue;
      await removeAll(objects, ref, signal);
    }
  };
}

/** Removes everything that is stored for an asset; running it again finds nothing left. */
export async function removeAll(objects: ResumableObjects, ref: AssetRef, signal: AbortSignal): Promise<void> {
  await objects.openDraft(sourceKey(ref, 1), fetchDraftId(ref.assetId)).discard(); // of a download that broke off
  await objects.deleteAll(assetPrefix(ref), signal);
}

/** Each asset that objects are stored for, once: keys come in order, so those of one asset stand together. */
async function* storedAssets(objects: ResumableObjects, prefix: string): AsyncGenerator<AssetRef> {
  let last = "";
  for await (const key of objects.listKeys(prefix)) {
    const ref = assetOf(key);
    if (ref === null || ref.assetId === last) continue;
    last = ref.assetId;
    yield ref;
  }
}

function assetOf(key: string): AssetRef | null {
  const [environment, assetId, ...rest] = key.split("/");
  if (environment === undefined || assetId === undefined || rest.length === 0) return null;
  return /^[a-z0-9]{6}$/.test(environment) && isMediaId(assetId) ? { environment, assetId } : null;
}

/** Its asset lives, was deleted just now or is being clipped, or an upload is about to become it. */
async function isWanted(db: Postgres, { environment, assetId }: AssetRef, deletedAfter: Date): Promise<boolean> {
  const upload = await db
    .selectFrom("uploads")
    .select("id")
    .where("environment_id", "=", environment)
    .where("asset_id", "=", assetId)
    .where("status", "=", "waiting")
    .executeTakeFirst();
  if (upload !== undefined) return true; // asked before the asset, which it may become between the two questions
  const asset = await db
    .selectFrom("assets")
    .select("deleted_at")
    .where("environment_id", "=", environment)
    .where("id", "=", assetId)
    .executeTakeFirst();
  if (asset === undefined) return false;
  return (
    asset.deleted_at === null || asset.deleted_at > deletedAfter || (await isBeingClipped(db, { environment, assetId }))
  );
}
