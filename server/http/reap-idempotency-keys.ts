import { addJobUnlessWaiting } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { Services } from "./services.ts";

export const REAP_KEYS_TASK = "reap_idempotency_keys";

/** As long as an answer to a write serves whoever sends it again. */
export const KEPT_MS = 24 * 3_600_000;
const EVERY_MS = 3_600_000;

/** Added by the first write with a key, and by itself for as long as any key is left. */
export const reapKeysJob = (runAt: Date) => ({ task: REAP_KEYS_TASK, payload: {}, key: REAP_KEYS_TASK, runAt });

/** Deletes keys whose answers are not given any more. */
export function reapIdempotencyKeysTask({ db, now }: Pick<Services, "db" | "now">): JobTask {
  return async () => {
    await db
      .deleteFrom("idempotency_keys")
      .where("created_at", "<=", new Date(now() - KEPT_MS))
      .execute();
    const left = await db.selectFrom("idempotency_keys").select("key").limit(1).executeTakeFirst();
    if (left !== undefined) await addJobUnlessWaiting(db, reapKeysJob(new Date(now() + EVERY_MS)));
  };
}
