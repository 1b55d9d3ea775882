import { addJobUnlessWaiting } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";

export const REAP_OBJECTS_TASK = "reap_objects";

const DAY_MS = 24 * 3_600_000;
/** An upload may wait seven days for its next byte; what was not touched for longer belongs to nobody. */
export const REAPED_AFTER_MS = 8 * DAY_MS;

/** Removes what was begun in the store and became no object, and has itself done again a day later. */
export function reapObjectsTask({ db, objects, now }: Pick<Services, "db" | "objects" | "now">, log: Logger): JobTask {
  return async () => {
    await reapObjectsIn(db, DAY_MS); // first: a store that is away for days is asked again all the same
    const reaped = await objects.reap(new Date(now() - REAPED_AFTER_MS));
    if (reaped > 0) log.info({ reaped }, "abandoned drafts and uploads were removed");
  };
}

/** Several servers have it done once. */
export async function reapObjectsIn(db: Postgres, afterMs: number): Promise<void> {
  await addJobUnlessWaiting(db, { task: REAP_OBJECTS_TASK, payload: {}, key: REAP_OBJECTS_TASK, afterMs });
}
