import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClickHouse } from "./clickhouse.ts";
import { createClickHouse } from "./client.ts";
import { launchEmbeddedClickHouse } from "./embedded/launch.ts";

export interface TestClickHouse {
  url: string;
  password: string;
  /** Bound to the empty database `playhead`. */
  client: ClickHouse;
  stop(): Promise<void>;
}

export const TEST_DATABASE = "playhead";

/** An engine of one's own in a temporary folder, for a test file; 0.6 s. `stop` removes all of it. */
export async function startTestClickHouse(): Promise<TestClickHouse> {
  const dataDir = await mkdtemp(join(tmpdir(), "playhead-"));
  const password = randomBytes(16).toString("hex");
  const engine = await launchEmbeddedClickHouse({ dataDir, password, logLevel: "warn" });
  const url = urlWithPassword(engine.url, password);
  const client = createClickHouse({ url, database: TEST_DATABASE });
  await client.command(`CREATE DATABASE ${TEST_DATABASE} ENGINE = Atomic`, { database: "default" });
  return {
    url,
    password,
    client,
    stop: async () => {
      await client.close();
      await engine.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** `CLICKHOUSE_URL` carries the password, as the driver expects it. */
export function urlWithPassword(url: string, password: string): string {
  const full = new URL(url);
  full.username = "default";
  full.password = password;
  return full.href;
}
