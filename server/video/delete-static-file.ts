import { z } from "zod";
import { staticKey } from "../../domain/media/object-keys.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import type { Postgres, PostgresTransaction } from "../../platform/postgres/pool.ts";
import { addTwice } from "./delete-asset.ts";
import type { StaticRow } from "./static-renditions.ts";

export const DELETE_STATIC_TASK = "delete_static_file";

const Job = z.object({ environment: z.string(), assetId: z.string(), name: z.string() });

/** Has the bytes of a deleted file removed. */
export function deleteStaticFileSoon(transaction: PostgresTransaction, row: StaticRow): Promise<void> {
  const payload = { environment: row.environment_id, assetId: row.asset_id, name: row.name };
  return addTwice(transaction, { task: DELETE_STATIC_TASK, payload });
}

/** Removes a file of the asset's plan, unless one of that name was asked for anew. */
export function deleteStaticFileTask({ db, objects }: { db: Postgres; objects: Objects }): JobTask {
  return async (payload) => {
    const { environment, assetId, name } = Job.parse(payload);
    const owner = { environment, assetId };
    const asset = await db
      .selectFrom("assets")
      .select("plan_id")
      .where("environment_id", "=", environment)
      .where("id", "=", assetId)
      .executeTakeFirst();
    const successor = await db
      .selectFrom("static_renditions")
      .select("id")
      .where("environment_id", "=", environment)
      .where("asset_id", "=", assetId)
      .where("name", "=", name)
      .where("deleted_at", "is", null)
      .executeTakeFirst();
    const planId = asset?.plan_id ?? null;
    if (planId !== null && successor === undefined) await objects.delete(staticKey({ ...owner, planId }, name));
  };
}
