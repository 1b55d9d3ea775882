import { z } from "zod";
import { ApiError } from "../../domain/errors.ts";
import type { AssetRef } from "../../domain/media/object-keys.ts";
import { addJob } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { PostgresTransaction } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";
import { deleteAsset } from "./delete-asset.ts";

export const DELETE_TEST_TASK = "delete_test_asset";

/** A test asset lives this long (reference video-api.md §3.1 `test`), by the clock of Postgres. */
const TEST_LIFE_MS = 24 * 3_600_000;

const Job = z.object({ environment: z.string(), assetId: z.string() });

/** Has a test asset deleted when its day is over; in the transaction that makes it. */
export function deleteTestAssetLater(transaction: PostgresTransaction, payload: AssetRef): Promise<void> {
  const key = `${DELETE_TEST_TASK}:${payload.assetId}`;
  return addJob(transaction, { task: DELETE_TEST_TASK, payload, key, afterMs: TEST_LIFE_MS });
}

/** The job of {@link deleteTestAssetLater}. What is deleted already, by its owner or an earlier attempt, stays so. */
export function deleteTestAssetTask(services: Pick<Services, "db" | "now">): JobTask {
  return async (payload) => {
    const { environment, assetId } = Job.parse(payload);
    await deleteAsset(services, environment, assetId).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.type !== "not_found") throw error;
    });
  };
}
