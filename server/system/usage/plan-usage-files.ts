import { isUsageFileDue, oldestUsageDay, usageDays } from "../../../domain/usage/usage-days.ts";
import { addJobUnlessWaiting } from "../../../platform/jobs/jobs.ts";
import type { JobTask } from "../../../platform/jobs/task.ts";
import { type DayFile, dayFileKey } from "../../http/day-files.ts";
import type { Services } from "../../http/services.ts";
import { MAKE_USAGE_TASK } from "./make-usage-file.ts";
import { USAGE_FILES } from "./usage-files.ts";

export const PLAN_USAGE_TASK = "plan_usage_exports";
/** One after another with other exports, behind everything that somebody waits for. */
const LATER = { queue: "exports", priority: 10 };
/** Rows of one insert. */
const ROWS_AT_ONCE = 1_000;

type Deps = Pick<Services, "db" | "objects" | "now">;

/** Has the usage files made that are due, and deletes those that have been there long enough. */
export function planUsageFilesTask(deps: Deps): JobTask {
  return async (_payload, { signal }) => {
    await deleteOld(deps, signal);
    await wantFiles(deps);
    for (const file of await dueFiles(deps)) {
      const key = `usage:${file.environmentId}:${file.day}`;
      await addJobUnlessWaiting(deps.db, { task: MAKE_USAGE_TASK, payload: { ...file }, key, ...LATER });
    }
  };
}

async function deleteOld({ db, objects, now }: Deps, signal: AbortSignal): Promise<void> {
  const old = await db
    .selectFrom("usage_exports")
    .select(["environment_id", "day"])
    .where("day", "<", oldestUsageDay(now()))
    .execute();
  for (const { environment_id: environmentId, day } of old) {
    signal.throwIfAborted();
    await objects.delete(dayFileKey(USAGE_FILES, { environmentId, day })); // first: a row that is left finds its file again
    await db.deleteFrom("usage_exports").where("environment_id", "=", environmentId).where("day", "=", day).execute();
  }
}

async function wantFiles({ db, now }: Deps): Promise<void> {
  const environments = await db
    .selectFrom("environments")
    .select(["id", "created_at"])
    .where("deleted_at", "is", null)
    .execute();
  const at = new Date(now());
  const rows = environments.flatMap(({ id, created_at }) =>
    usageDays(now(), created_at.getTime()).map((day) => ({
      ...{ environment_id: id, day, created_at: at, size_bytes: null, made_at: null },
    })),
  );
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    await db
      .insertInto("usage_exports")
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .onConflict((conflict) => conflict.columns(["environment_id", "day"]).doNothing())
      .execute();
}

async function dueFiles({ db, now }: Deps): Promise<DayFile[]> {
  const rows = await db
    .selectFrom("usage_exports as u")
    .innerJoin("environments as e", "e.id", "u.environment_id")
    .select(["u.environment_id", "u.day", "u.made_at"])
    .where("e.deleted_at", "is", null)
    .where("u.day", ">=", usageDays(now(), 0)[0] ?? "")
    .orderBy("u.day")
    .orderBy("u.environment_id")
    .execute();
  return rows
    .filter(({ day, made_at }) => isUsageFileDue(day, made_at?.getTime() ?? null, now()))
    .map(({ environment_id: environmentId, day }) => ({ environmentId, day }));
}
