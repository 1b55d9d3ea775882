import { randomBytes } from "node:crypto";
import { createLogger } from "../../platform/observability/logger.ts";
import { launchEmbeddedPostgres } from "../../platform/postgres/embedded/launch.ts";
import { migratePostgres, withMigrationLock } from "../../platform/postgres/migrate.ts";
import { freePort } from "../../platform/postgres/testing.ts";
import { seedEnvironments } from "./seed-environments.ts";

/** The embedded Postgres as the product runs it, with all migrations, that can be killed and started again. */
export interface StackPostgres {
  url: string;
  /** Sends a signal, waits for the end, starts again; resolves when it answers. */
  restart(signal: NodeJS.Signals): Promise<{ code: number | null }>;
  stop(): Promise<void>;
}

/** @param environmentKeys each gets an environment of its own, numbered from 1 */
export async function startStackPostgres(dataDir: string, environmentKeys: readonly string[]): Promise<StackPostgres> {
  const log = createLogger("stack", "silent");
  const launch = { dataDir, port: await freePort(), password: randomBytes(12).toString("hex"), log };
  let engine = await launchEmbeddedPostgres(launch);
  const { url } = engine;
  await withMigrationLock(url, (lock) => migratePostgres(lock, log));
  await seedEnvironments(url, environmentKeys);
  return {
    url,
    restart: async (signal) => {
      process.kill(engine.pid, signal);
      const { code } = await engine.exited;
      engine = await launchEmbeddedPostgres(launch);
      return { code };
    },
    stop: () => engine.stop(),
  };
}
