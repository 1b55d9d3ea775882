import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { Client } from "pg";
import type { Objects } from "../objects/objects.ts";
import { objectsUrl, openObjects } from "../objects/open-objects.ts";

/** All that is kept of a Playhead. */
export interface KeptStores {
  postgres: Client;
  clickhouse: ClickHouseClient;
  objects: Objects;
  close(): Promise<void>;
}

/** A statement over a whole table may take long. */
const PATIENCE_MS = 15 * 60_000;

export interface StoreUrls {
  databaseUrl: string;
  clickhouseUrl: string;
  database: string;
  objectsDir: string;
  /** Empty: the folder. */
  objectsUrl: string;
}

export async function openStores(urls: StoreUrls): Promise<KeptStores> {
  const postgres = new Client({ connectionString: urls.databaseUrl, application_name: "playhead-backup" });
  await postgres.connect();
  const clickhouse = createClient({
    url: urls.clickhouseUrl,
    database: urls.database,
    request_timeout: PATIENCE_MS,
    log: { level: ClickHouseLogLevel.OFF }, // what matters comes as an error
  });
  const { objectsDir } = urls;
  const opened = await openObjects({ objectsDir, objectsS3: objectsUrl.parse(urls.objectsUrl) }, "write");
  return {
    postgres,
    clickhouse,
    objects: opened.objects,
    close: async () => {
      await postgres.end();
      await clickhouse.close();
      await opened.close();
    },
  };
}
