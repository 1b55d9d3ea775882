import { existsSync } from "node:fs";
import { join } from "node:path";
import { portsFrom } from "../../domain/ports.ts";
import { type KeptStores, openStores } from "../../platform/backup/kept-stores.ts";
import { DATABASE } from "../../platform/clickhouse/migrate.ts";
import { readConfig as readPorts } from "../rejected/config.ts";
import { findPortBase, UsageError } from "../simulate/running-system.ts";
import { readConfig } from "../supervise/config.ts";
import { secretsOf } from "../supervise/secrets.ts";

/** Connects to the stores of the Playhead that runs on a data folder; its variables are those that `npm start` was given. */
export async function openRunningStores(dataFolder: string): Promise<KeptStores> {
  const file = join(dataFolder, "secrets.json");
  if (!existsSync(file)) throw new UsageError(`${dataFolder} is no data folder of a Playhead (--data DIR)`);
  const secrets = secretsOf(file);
  const config = readConfig();
  const ports = () => portsFrom(findPortBase(readPorts().PLAYHEAD_PORT_BASE, dataFolder));
  return openStores({
    databaseUrl:
      config.DATABASE_URL ?? `postgres://playhead:${secrets.postgresPassword}@127.0.0.1:${ports().postgres}/playhead`,
    clickhouseUrl:
      config.CLICKHOUSE_URL ?? `http://default:${secrets.clickhousePassword}@127.0.0.1:${ports().clickhouse}`,
    database: DATABASE,
    objectsDir: join(dataFolder, "objects"),
    objectsUrl: config.OBJECTS_URL,
  });
}
