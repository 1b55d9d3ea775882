import { createLogger } from "../../platform/observability/logger.ts";
import { createPool, createPostgres } from "../../platform/postgres/pool.ts";

/** One organisation with an environment per key, in the order given: their numbers are 1, 2, … in a new database. */
export async function seedEnvironments(databaseUrl: string, environmentKeys: readonly string[]): Promise<void> {
  const log = createLogger("seed", "silent");
  const pool = createPool({ url: databaseUrl, applicationName: "playhead-seed", log, max: 1 });
  const postgres = createPostgres(pool);
  const { id: organizationId } = await postgres
    .insertInto("organizations")
    .values({ name: "Bench" })
    .returning("id")
    .executeTakeFirstOrThrow();
  for (const [index, environmentKey] of environmentKeys.entries()) {
    const id = `bench${index}`;
    const environment = {
      id,
      organization_id: organizationId,
      name: `Environment ${index}`,
      type: "production" as const,
    };
    await postgres.insertInto("environments").values(environment).execute();
    await postgres.insertInto("env_keys").values({ environment_id: id, env_key: environmentKey }).execute();
  }
  await pool.end();
}
