import { closedDays } from "../../domain/data-api/export-days.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";

/**
 * Notes the exports of every closed day as made, as of a server that has run for weeks: a new one makes a week's files in its
 * first minutes, beside what is measured.
 */
export async function noteExportsMade(databaseUrl: string, atMs: number): Promise<void> {
  const pool = createPool({
    url: databaseUrl,
    applicationName: "playhead-bench",
    log: createLogger("bench", "silent"),
    max: 1,
  });
  try {
    await note(createPostgres(pool), atMs);
  } finally {
    await pool.end();
  }
}

async function note(postgres: Postgres, atMs: number): Promise<void> {
  const at = new Date(atMs);
  const environments = await postgres.selectFrom("environments").select("id").execute();
  const rows = environments.flatMap(({ id }) =>
    closedDays(atMs, atMs).map((day) => {
      const file = { environment_id: id, day, status: "ready" as const, size_bytes: 0 };
      return { ...file, created_at: at, updated_at: at };
    }),
  );
  await postgres.insertInto("exports").values(rows).execute();
}
