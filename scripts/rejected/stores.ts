import { join } from "node:path";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { isEnvironmentId } from "../../domain/identifiers.ts";
import { UNPLACED } from "../../domain/messages/ask-rejected.ts";
import { portsFrom } from "../../domain/ports.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { createClickHouse } from "../../platform/clickhouse/client.ts";
import { DATABASE } from "../../platform/clickhouse/migrate.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createPool, createPostgres } from "../../platform/postgres/pool.ts";
import { findPortBase, UsageError } from "../simulate/running-system.ts";
import { readJson } from "../supervise/private-file.ts";
import { readConfig } from "./config.ts";

/** Whose rejected beacons are meant. */
export interface Owner {
  number: EnvironmentId | typeof UNPLACED;
  /** Public id, or "none". */
  name: string;
}

export interface Stores {
  clickhouse: ClickHouse;
  /** All environments and, last, nobody; or only those asked for. */
  owners(asked: { environment: string | undefined; isUnplaced: boolean }): Promise<Owner[]>;
  close(): Promise<void>;
}

const NOBODY: Owner = { number: UNPLACED, name: "none" };

/** The databases of the Playhead that runs on this data folder. Only who may read its secrets gets in. */
export function openStores(dataFolder: string): Stores {
  const config = readConfig();
  const ports = () => portsFrom(findPortBase(config.PLAYHEAD_PORT_BASE, dataFolder));
  const secret = (name: string): string => readSecret(dataFolder, name);
  const clickhouseUrl =
    config.CLICKHOUSE_URL ?? `http://default:${secret("clickhousePassword")}@127.0.0.1:${ports().clickhouse}`;
  const databaseUrl =
    config.DATABASE_URL ?? `postgres://playhead:${secret("postgresPassword")}@127.0.0.1:${ports().postgres}/playhead`;
  const log = createLogger("rejected", "silent");
  const clickhouse = createClickHouse({ url: clickhouseUrl, database: DATABASE });
  const pool = createPool({ url: databaseUrl, applicationName: "playhead-rejected", log, max: 1 });
  const postgres = createPostgres(pool);
  return {
    clickhouse,
    owners: async ({ environment, isUnplaced }) => {
      if (isUnplaced) return [NOBODY];
      const rows = await postgres.selectFrom("environments").select(["id", "number"]).orderBy("number").execute();
      const owners = rows.flatMap(({ id, number }) => (isEnvironmentId(number) ? [{ number, name: id }] : []));
      if (environment === undefined) return [...owners, NOBODY];
      const asked = owners.filter(({ name }) => name === environment);
      if (asked.length === 0) throw new UsageError(`no environment has the id ${environment}`);
      return asked;
    },
    close: async () => {
      await clickhouse.close();
      await pool.end();
    },
  };
}

function readSecret(dataFolder: string, name: string): string {
  const secrets = readJson(join(dataFolder, "secrets.json"));
  const value = typeof secrets === "object" && secrets !== null ? (secrets as Record<string, unknown>)[name] : null;
  if (typeof value !== "string") throw new UsageError(`${dataFolder} is no data folder of a Playhead (--data DIR)`);
  return value;
}
