import type { EnvironmentId } from "../../domain/identifiers.ts";
import { isEnvironmentId } from "../../domain/identifiers.ts";
import type { Logger } from "../../platform/observability/logger.ts";
import type { Postgres } from "../../platform/postgres/pool.ts";
import { followPostgres } from "./follow-postgres.ts";

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

/** Keeps all active keys in memory. While Postgres is away the last known keys go on working. */
export function openEnvironmentDirectory(postgres: Postgres, url: string, log: Logger): EnvironmentDirectory {
  const keys = followPostgres({
    ...{ url, applicationName: "playhead-edge-keys", channel: "env_keys_changed", log },
    read: () => readKeys(postgres),
  });
  return {
    find: (envKey) => keys.current()?.get(envKey) ?? null,
    ready: () => keys.current() !== null,
    close: keys.close,
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
