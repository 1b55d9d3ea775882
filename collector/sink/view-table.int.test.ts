import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { COLUMN_TYPES, RECORD_COLUMNS } from "../../domain/view/record-columns.ts";
import { migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { startTestClickHouse, type TestClickHouse } from "../../platform/clickhouse/testing.ts";
import { createLogger } from "../../platform/observability/logger.ts";

let clickhouse: TestClickHouse;

beforeAll(async () => {
  clickhouse = await startTestClickHouse();
  const directory = new URL("../../migrations/clickhouse/", import.meta.url).pathname;
  await migrateClickHouse({
    clickhouse: clickhouse.client,
    directory,
    cluster: null,
    log: createLogger("test", "silent"),
  });
});

afterAll(async () => {
  await clickhouse.stop();
});

const DescribedColumn = z.object({ name: z.string(), type: z.string(), default_kind: z.string() });

it("has a column for every part of a view's record, and a key beside each with many values", async () => {
  const columns = await clickhouse.client.query(
    "SELECT name, type, default_kind FROM system.columns WHERE database = 'playhead' AND table = 'views'",
    {},
    DescribedColumn,
  );
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  for (const { name, kind } of Object.values(RECORD_COLUMNS)) {
    const plain = (type: string) => type.replace("LowCardinality(String)", "String");
    expect([name, plain(types.get(name) ?? "none")]).toEqual([name, plain(COLUMN_TYPES[kind])]);
    if (kind === "keyed") expect([name, types.get(`${name}_key`)]).toEqual([name, "UInt64"]);
  }
});
