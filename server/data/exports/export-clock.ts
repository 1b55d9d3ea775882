import { addJobUnlessWaiting } from "../../../platform/jobs/jobs.ts";
import type { Logger } from "../../../platform/observability/logger.ts";
import type { Postgres } from "../../../platform/postgres/pool.ts";
import { PLAN_EXPORTS_TASK } from "./plan-exports.ts";

const EVERY_MS = 5 * 60_000;

/** Has exports planned from now on and again and again; several servers beside each other have it done once. */
export function startExportClock(db: Postgres, log: Logger): { stop(): Promise<void> } {
  let running = Promise.resolve();
  const tick = (): void => {
    running = running.then(async () => {
      try {
        await addJobUnlessWaiting(db, {
          task: PLAN_EXPORTS_TASK,
          payload: {},
          key: PLAN_EXPORTS_TASK,
          queue: "exports",
        });
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
