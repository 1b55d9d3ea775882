import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { createClickHouse } from "../../platform/clickhouse/client.ts";
import { type EmbeddedClickHouse, launchEmbeddedClickHouse } from "../../platform/clickhouse/embedded/launch.ts";
import { DATABASE, migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { ROOT } from "../stack/processes.ts";
import { END_MS, generateViews, generatorHash } from "./generate-views.ts";
import { LARGEST_ENVIRONMENT } from "./generated-columns.ts";

/** An engine with the generated views. */
export interface QueryStore {
  clickhouse: ClickHouse;
  /** With user and password. */
  url: string;
  pid: number;
  stop(): Promise<void>;
}

export interface QueryStoreOptions {
  /** Stores of other sizes and generators lie beside it. */
  folder: string;
  views: number;
  say: (line: string) => void;
}

/** In the store's folder: it was filled to its end. */
const FILLED = "filled";
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** Opens the store that was filled before, or fills one. */
export async function openQueryStore({ folder, views, say }: QueryStoreOptions): Promise<QueryStore> {
  const path = join(folder, `${views}-${generatorHash(views)}`);
  const isFilled = existsSync(join(path, FILLED));
  if (!isFilled) await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
  const store = await launch(path);
  try {
    const directory = join(ROOT, "migrations/clickhouse");
    await migrateClickHouse({ ...store, directory, cluster: null, log: createLogger("queries", "silent") });
    if (!isFilled) await fill(store.clickhouse, views, say);
    await writeFile(join(path, FILLED), "");
    return store;
  } catch (error) {
    await store.stop();
    throw error;
  }
}

/** The same store after a new start, with nothing of it in memory. */
export async function reopenCold(store: QueryStore, { folder, views }: QueryStoreOptions): Promise<QueryStore> {
  const path = join(folder, `${views}-${generatorHash(views)}`);
  await store.stop();
  // GNU dd: reads nothing, and tells the system that the file's pages are not needed
  const forget = 'for file; do dd if="$file" iflag=nocache count=0 status=none; done';
  const find = ["find", path, "-type", "f", "-exec", "sh", "-c", forget, "sh", "{}", "+"] as const;
  await promisify(execFile)(find[0], find.slice(1));
  return launch(path);
}

/** A view of the middle of the time, which any question may name. */
export async function someView({ clickhouse }: QueryStore): Promise<string> {
  const sql = `SELECT view_id FROM views WHERE environment_id = ${LARGEST_ENVIRONMENT} AND first_seen >= '2026-01-14 12:00:00'
    ORDER BY first_seen LIMIT 1`;
  const [row] = await clickhouse.query(sql, {}, z.object({ view_id: z.string() }));
  if (row === undefined) throw new Error("the store has no views");
  return row.view_id;
}

async function launch(path: string): Promise<QueryStore> {
  const password = randomBytes(16).toString("hex");
  const engine: EmbeddedClickHouse = await launchEmbeddedClickHouse({ dataDir: path, password, logLevel: "error" });
  const url = `http://default:${password}@127.0.0.1:${engine.port}`;
  const clickhouse = createClickHouse({ url, database: DATABASE });
  return {
    clickhouse,
    url,
    pid: engine.pid,
    stop: async () => {
      await clickhouse.close();
      await engine.stop();
    },
  };
}

async function fill(clickhouse: ClickHouse, views: number, say: (line: string) => void): Promise<void> {
  const startedMs = performance.now();
  const minutes = () => ((performance.now() - startedMs) / 60_000).toFixed(1);
  await generateViews(clickhouse, views, (done, of) => say(`${done} of ${of} views, ${minutes()} min`));
  await mergeClosedWeeks(clickhouse);
  say(`merged, ${minutes()} min`);
}

/** As the night's work would have left the store (collector/upkeep): weeks that have been over for two days are one part. */
async function mergeClosedWeeks(clickhouse: ClickHouse): Promise<void> {
  const Week = z.object({ partition: z.string() });
  const sql = "SELECT DISTINCT partition FROM system.parts WHERE table = 'views' AND active";
  for (const { partition } of await clickhouse.query(sql, {}, Week)) {
    if (Date.parse(partition) + WEEK_MS + 2 * DAY_MS > END_MS) continue;
    await clickhouse.command(`OPTIMIZE TABLE views PARTITION '${partition}' FINAL`);
  }
}
