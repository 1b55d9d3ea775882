import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { NAMED_BY_VIEWS } from "../../domain/metrics/named-by-views.ts";
import { isKeyed } from "../../domain/monitoring/clauses.ts";
import { MONITORING_DIMENSIONS } from "../../domain/monitoring/dimensions.ts";
import { RECORD_COLUMNS } from "../../domain/view/record-columns.ts";
import { createLogger } from "../observability/logger.ts";
import { migrateClickHouse } from "./migrate.ts";
import { startTestClickHouse, type TestClickHouse } from "./testing.ts";

const Named = z.object({ dimension: z.string(), value: z.string(), expires_on: z.string() });

let clickhouse: TestClickHouse;

beforeAll(async () => {
  clickhouse = await startTestClickHouse();
  const directory = new URL("../../migrations/clickhouse/", import.meta.url).pathname;
  const log = createLogger("test", "silent");
  await migrateClickHouse({ clickhouse: clickhouse.client, directory, cluster: null, log });
});

afterAll(async () => {
  await clickhouse.stop();
});

const namesOf = (environmentId: number) =>
  clickhouse.client.query(
    "SELECT dimension, value, expires_on FROM dimension_values FINAL WHERE environment_id = {environmentId: UInt32} ORDER BY ALL",
    { environmentId },
    Named,
  );

describe("dimension_values", () => {
  it("names every dimension of views that is a key, but those that nearly every view has a value of its own in", async () => {
    await clickhouse.client.command(
      "INSERT INTO views (environment_id, first_seen, view_id, version, expires_on) VALUES (1, '2026-01-20 12:00:00', 'v', 1, '2099-04-20')",
    );
    const keyed = Object.entries(RECORD_COLUMNS).filter(([, { kind }]) => kind === "keyed");
    const named = keyed.filter(([key]) => !NAMED_BY_VIEWS.has(key as keyof typeof RECORD_COLUMNS));
    expect(named.length).toBe(keyed.length - NAMED_BY_VIEWS.size);
    const names = await namesOf(1);
    expect(names.map(({ dimension }) => dimension).sort()).toEqual(named.map(([, { name }]) => name).sort());
    expect(new Set(names.map(({ expires_on: until }) => until))).toEqual(new Set(["2099-05-01"])); // the next whole month
  });

  it("names every keyed dimension of the live picture", async () => {
    await clickhouse.client.command(
      "INSERT INTO beats (environment_id, bucket, view_id, version) VALUES (2, '2099-01-20 12:00:00', 'v', 1)",
    );
    const names = await namesOf(2);
    expect(names.map(({ dimension }) => dimension).sort()).toEqual(MONITORING_DIMENSIONS.filter(isKeyed).sort());
  });

  it("keeps a name for as long as the longest need, whichever came last", async () => {
    for (const expiresOn of ["2099-09-09", "2098-01-01", "2098-01-31"]) {
      await clickhouse.client.command(
        `INSERT INTO views (environment_id, first_seen, view_id, version, custom_1, expires_on)
         VALUES (3, '2026-01-20 12:00:00', 'v', 1, 'kept', '${expiresOn}')`,
      );
    }
    await clickhouse.client.command("OPTIMIZE TABLE dimension_values FINAL");
    const kept = (await namesOf(3)).filter(({ value }) => value === "kept");
    expect(kept.map(({ expires_on: until }) => until)).toEqual(["2098-02-01", "2099-10-01"]);
  });

  it("forgets names that no row needs any more, and not those from before names were dated", async () => {
    const insert = (value: string, expiresOn: string) =>
      clickhouse.client.command(
        `INSERT INTO dimension_values (environment_id, dimension, key, value, expires_on)
         VALUES (4, 'video_title', cityHash64('${value}'), '${value}', ${expiresOn})`,
      );
    await insert("gone", "'2026-02-01'");
    await insert("needed", "'2099-02-01'");
    await insert("undated", "0");
    await clickhouse.client.command("OPTIMIZE TABLE dimension_values FINAL");
    expect((await namesOf(4)).map(({ value }) => value).sort()).toEqual(["needed", "undated"]);
  });
});
