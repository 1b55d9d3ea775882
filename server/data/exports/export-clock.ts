import { addJobUnlessWaiting } from "../../../platform/jobs/jobs.ts";
import type { Logger } from "../../../platform/observability/logger.ts";
import type { Postgres } from "../../../platform/postgres/pool.ts";
import { PLAN_USAGE_TASK } from "../../system/usage/plan-usage-files.ts";
import { PLAN_EXPORTS_TASK } from "./plan-exports.ts";

const EVERY_MS = 5 * 60_000;

/** Has exports planned from now on and again and again; several servers beside each other have it done once. */
export function startExportClock(db: Postgres, log: Logger): { stop(): Promise<void> } {
  let running = Promise.resolve();
  const tick = (): void => {
    running = running.then(async () => {
      try {
        for (const task of [PLAN_EXPORTS_TASK, PLAN_USAGE_TASK])
          await addJobUnlessWaiting(db, { task, payload: {}, key: task, queue: "exports" });
      } catch (error) {
        log.warn({ err: error }, "exports could not be planned; tried again in five minutes");
      }
    });
  };
  tick();
  const timer = setInterval(tick, EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
