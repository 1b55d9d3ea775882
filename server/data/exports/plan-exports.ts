import { closedDays, oldestKeptDay } from "../../../domain/data-api/export-days.ts";
import { addJobUnlessWaiting } from "../../../platform/jobs/jobs.ts";
import type { JobTask } from "../../../platform/jobs/task.ts";
import { dayFileKey } from "../../http/day-files.ts";
import type { Services } from "../../http/services.ts";
import { asOfMs } from "../as-of.ts";
import { EXPORT_FILES } from "./export-files.ts";
import { MAKE_EXPORT_TASK } from "./make-export.ts";

export const PLAN_EXPORTS_TASK = "plan_exports";
/** Files are made one after another, over all servers. */
const QUEUE = "exports";
/** Behind everything that somebody waits for. */
const PRIORITY = 10;

type Deps = Pick<Services, "db" | "analytics" | "objects" | "now">;

/** Has the files made that are to be there and are not, and deletes those that have been there long enough. */
export function planExportsTask(deps: Deps): JobTask {
  return async (_payload, { signal }) => {
    await deleteOld(deps, signal);
    await wantDays(deps, closedDays(deps.now(), await asOfMs(deps.analytics)));
    await addJobs(deps);
  };
}

async function deleteOld({ db, objects, now }: Deps, signal: AbortSignal): Promise<void> {
  const old = await db
    .selectFrom("exports")
    .select(["environment_id", "day"])
    .where("day", "<", oldestKeptDay(now()))
    .execute();
  for (const { environment_id: environmentId, day } of old) {
    signal.throwIfAborted();
    await objects.delete(dayFileKey(EXPORT_FILES, { environmentId, day })); // first: a row that is left finds its file again
    await db.deleteFrom("exports").where("environment_id", "=", environmentId).where("day", "=", day).execute();
  }
}

async function wantDays({ db, now }: Deps, days: readonly string[]): Promise<void> {
  const at = new Date(now());
  for (const day of days) {
    await db
      .insertInto("exports")
      .columns(["environment_id", "day", "status", "created_at", "updated_at"])
      .expression((of) =>
        of
          .selectFrom("environments")
          .where("deleted_at", "is", null)
          .select(({ val }) => [
            "id",
            val(day).as("day"),
            val("waiting").as("status"),
            val(at).as("c"),
            val(at).as("u"),
          ]),
      )
      .onConflict((conflict) => conflict.columns(["environment_id", "day"]).doNothing())
      .execute();
  }
}

/** Also for what was given up. Where one runs already, another one finds its work done. */
async function addJobs({ db }: Deps): Promise<void> {
  const unfinished = await db
    .selectFrom("exports")
    .innerJoin("environments", "environments.id", "exports.environment_id")
    .select(["exports.environment_id", "exports.day"])
    .where("exports.status", "<>", "ready")
    .where("environments.deleted_at", "is", null)
    .orderBy("exports.day")
    .orderBy("exports.environment_id")
    .execute();
  for (const { environment_id: environmentId, day } of unfinished) {
    const payload = { environmentId, day };
    const key = `export:${environmentId}:${day}`;
    await addJobUnlessWaiting(db, { task: MAKE_EXPORT_TASK, payload, key, queue: QUEUE, priority: PRIORITY });
  }
}
