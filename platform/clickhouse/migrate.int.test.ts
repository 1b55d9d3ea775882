import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createLogger } from "../observability/logger.ts";
import { type ClickHouse, ClickHouseError } from "./clickhouse.ts";
import { createClickHouse } from "./client.ts";
import { migrateClickHouse } from "./migrate.ts";
import { startTestClickHouse, type TestClickHouse } from "./testing.ts";

const log = createLogger("test", "silent");
const Count = z.object({ count: z.coerce.number() });

describe("migrateClickHouse", () => {
  let engine: TestClickHouse;
  let clickhouse: ClickHouse;
  let directory: string;
  beforeAll(async () => {
    engine = await startTestClickHouse();
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "playhead-"));
    await engine.client.command("DROP DATABASE IF EXISTS playhead SYNC", { database: "default" });
    clickhouse = createClickHouse({ url: engine.url, database: "playhead" });
    await write(
      "0001_plays.sql",
      "-- one; table\nCREATE TABLE IF NOT EXISTS plays {cluster} (id UInt32) ENGINE = MergeTree ORDER BY id;\n",
    );
    await write("0002_title.sql", "ALTER TABLE plays {cluster} ADD COLUMN IF NOT EXISTS title String");
  });
  afterEach(async () => {
    await clickhouse.close();
    await rm(directory, { recursive: true });
  });

  const write = (name: string, sql: string) => writeFile(join(directory, name), sql);
  const migrate = () => migrateClickHouse({ clickhouse, directory, cluster: null, log });

  it("runs all files in order from nothing, and nothing the second time", async () => {
    const seen: string[] = [];
    const onProgress = ({ number, name, total }: { number: number; name: string; total: number }) =>
      seen.push(`${number}/${total} ${name}`);
    expect(await migrateClickHouse({ clickhouse, directory, cluster: null, log, onProgress })).toEqual([1, 2]);
    expect(seen).toEqual(["1/2 plays", "2/2 title"]);
    await clickhouse.insert("plays", ["id", "title"], [[1, "kept"]]);
    expect(await migrate()).toEqual([]);
    await write("0003_country.sql", "ALTER TABLE plays ADD COLUMN IF NOT EXISTS country String");
    expect(await migrate()).toEqual([3]);
    expect(await clickhouse.query("SELECT count() AS count FROM plays WHERE title = 'kept'", {}, Count)).toEqual([
      { count: 1 },
    ]);
  });

  it("may run twenty times at once", async () => {
    await Promise.all(Array.from({ length: 20 }, migrate));
    const rows = await clickhouse.query("SELECT count() AS count FROM schema_migrations FINAL", {}, Count);
    expect(rows).toEqual([{ count: 2 }]);
  });

  it("runs a file again that was not recorded, and stops at the first that fails", async () => {
    await write("0003_broken.sql", "ALTER TABLE nowhere ADD COLUMN a String");
    await write("0004_later.sql", "CREATE TABLE IF NOT EXISTS later (id UInt32) ENGINE = MergeTree ORDER BY id");
    await expect(migrate()).rejects.toMatchObject({ code: 60 });
    await write("0003_broken.sql", "ALTER TABLE plays ADD COLUMN IF NOT EXISTS fixed String");
    expect(await migrate()).toEqual([3, 4]);
  });

  it("refuses a file that changed after it ran, and a store that is ahead of the files", async () => {
    await migrate();
    await write("0002_title.sql", "ALTER TABLE plays ADD COLUMN IF NOT EXISTS title2 String");
    await expect(migrate()).rejects.toThrow("Migration 2 (title) was changed");
    await rm(join(directory, "0002_title.sql"));
    await expect(migrate()).rejects.toThrow("belongs to a newer one");
  });

  it("refuses gaps, wrong names and several statements in a file", async () => {
    await write("0004_gap.sql", "SELECT 1");
    await expect(migrate()).rejects.toThrow("should have the number 3");
    await rm(join(directory, "0004_gap.sql"));
    await write("3_name.sql", "SELECT 1");
    await expect(migrate()).rejects.toThrow("is not named NNNN_name.sql");
    await rm(join(directory, "3_name.sql"));
    await write("0003_two.sql", "SELECT 1; DROP TABLE plays");
    await expect(migrate()).rejects.toBeInstanceOf(ClickHouseError);
  });
});
