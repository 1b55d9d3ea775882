import { Logger as GraphileLogger, runMigrations } from "graphile-worker";
import type { Logger } from "../observability/logger.ts";

/** The newest of the package's own migrations; a test compares. */
export const JOBS_REVISION = 20;

/** Brings the package's schema up to date; whoever calls this holds the migration lock. Running it again changes nothing. */
export async function migrateJobs(url: string, log: Logger): Promise<void> {
  await runMigrations({
    connectionString: url,
    maxPoolSize: 2,
    logger: new GraphileLogger(() => (level, message) => {
      if (level === "error" || level === "warning") log.warn({ message }, "migration of jobs");
      else log.debug({ message }, "migration of jobs");
    }),
  });
}
