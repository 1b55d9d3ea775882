import type { EnvironmentId } from "../../domain/identifiers.ts";
import { isEnvironmentId } from "../../domain/identifiers.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import { listenForChanges } from "../../platform/postgres/listen.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";

export interface EdgeEnvironment {
  environmentId: EnvironmentId;
  retentionDays: number;
}

/** Which environment an environment key belongs to, answered from memory. */
export interface EnvironmentDirectory {
  /** Null for unknown and revoked keys. */
  find(envKey: string): EdgeEnvironment | null;
  /** False until the keys have been read once: before that nobody can be told from a stranger. */
  ready(): boolean;
  close(): Promise<void>;
}

/** A notification tells of changes within a second; this only covers one that got lost. */
const REFRESH_MS = 30_000;
const CHANNEL = "env_keys_changed";

/** Keeps all active keys in memory. While Postgres is away the last known keys go on working. */
export function openEnvironmentDirectory(postgres: Postgres, url: string, log: Logger): EnvironmentDirectory {
  let keys: ReadonlyMap<string, EdgeEnvironment> | null = null;
  let reading: Promise<void> | null = null;
  let again = false;

  async function read(): Promise<void> {
    do {
      again = false;
      try {
        keys = await readKeys(postgres);
      } catch (error) {
        log.warn({ err: error, known: keys?.size ?? null }, "cannot read environment keys, going on with those known");
      }
    } while (again);
  }
  function refresh(): void {
    again = true;
    reading ??= read().finally(() => {
      reading = null;
    });
  }

  refresh();
  const timer = setInterval(refresh, REFRESH_MS);
  const changes = listenForChanges({
    url,
    applicationName: "playhead-edge-keys",
    channel: CHANNEL,
    onChange: refresh,
    log,
  });
  return {
    find: (envKey) => keys?.get(envKey) ?? null,
    ready: () => keys !== null,
    close: async () => {
      clearInterval(timer);
      await changes.close();
      await reading;
    },
  };
}

async function readKeys(postgres: Postgres): Promise<Map<string, EdgeEnvironment>> {
  const rows = await postgres.selectFrom("collector_env_keys").selectAll().where("active", "=", true).execute();
  const keys = new Map<string, EdgeEnvironment>();
  for (const row of rows) {
    const environmentId = Number(row.environment_number);
    if (!isEnvironmentId(environmentId)) throw new Error(`environment ${row.environment_id} has no usable number`);
    keys.set(row.env_key, { environmentId, retentionDays: row.retention_days });
  }
  return keys;
}
