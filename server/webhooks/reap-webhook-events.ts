import { RETRIED_FOR_MS } from "../../domain/webhooks/back-off.ts";
import { addJobUnlessWaiting } from "../../platform/jobs/jobs.ts";
import type { JobTask } from "../../platform/jobs/task.ts";
import { postgresTime } from "../../platform/postgres/clock.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import type { Services } from "../http/services.ts";

export const REAP_EVENTS_TASK = "reap_webhook_events";

/** As long as events and what was tried to send them can be looked at and sent again. */
const KEPT_MS = 30 * 24 * 3_600_000;
const EVERY_MS = 24 * 3_600_000;
/** Of one statement: others write events meanwhile. */
const AT_ONCE = 500;

export const reapEventsJob = (afterMs: number) => ({
  ...{ task: REAP_EVENTS_TASK, payload: {}, key: REAP_EVENTS_TASK },
  ...{ afterMs, maxAttempts: 3 },
});

/** Deletes events of more than 30 days ago with their deliveries and attempts, once a day; those that are being sent stay. */
export function reapEventsTask({ db, now }: Pick<Services, "db" | "now">): JobTask {
  return async (_, { signal }) => {
    await addJobUnlessWaiting(db, reapEventsJob(EVERY_MS));
    const before = new Date(now() - KEPT_MS);
    while ((await deleteSome(db, before)) === AT_ONCE) signal.throwIfAborted();
  };
}

async function deleteSome(db: Postgres, before: Date): Promise<number> {
  const old = db
    .selectFrom("webhook_events as v")
    .select("v.id")
    .where("v.created_at", "<", before)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("webhook_deliveries as d")
            .select("d.event_id")
            .whereRef("d.environment_id", "=", "v.environment_id")
            .whereRef("d.event_id", "=", "v.id")
            .where("d.status", "=", "waiting")
            .where("d.started_at", ">", postgresTime(-RETRIED_FOR_MS)),
        ),
      ),
    )
    .orderBy("v.created_at")
    .limit(AT_ONCE);
  const { numDeletedRows } = await db.deleteFrom("webhook_events").where("id", "in", old).executeTakeFirst();
  return Number(numDeletedRows);
}
