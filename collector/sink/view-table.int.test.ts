import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { COLUMN_TYPES, RECORD_COLUMNS } from "../../domain/view/record-columns.ts";
import { played, T } from "../../domain/view/testing/play.ts";
import { createView } from "../../domain/view/view-state.ts";
import { startViewsTable } from "../../platform/clickhouse/questions/testing/views-table.ts";
import type { TestClickHouse } from "../../platform/clickhouse/testing.ts";
import { COLUMNS, viewRow } from "./rows.ts";

let clickhouse: TestClickHouse;

beforeAll(async () => {
  clickhouse = await startViewsTable();
});

afterAll(async () => {
  await clickhouse.stop();
});

it("gives back the parts of a record as they were", async () => {
  const record = played([
    ["renditionchange", -5, { video_source_bitrate: 900_000, video_source_height: 360, video_source_codec: "avc1" }],
    [
      "play",
      0,
      { video_title: "Tea 🍵", player_playback_mode: "standard", video_playback_range: '["0:900","2000:9000"]' },
    ],
    ["playing", 250],
    ["cdnchange", 300, { video_cdn: "one" }],
    ["viewend", 10_250],
  ]);
  const view = createView("round trip", T);
  const row = viewRow({ environmentId: 1 as EnvironmentId, view, record, version: 1 });
  await clickhouse.client.insert("views", COLUMNS.views, [row]);
  const columns = Object.values(RECORD_COLUMNS).map(({ name, kind }) =>
    kind === "time" ? `toUnixTimestamp64Milli(${name}) AS ${name}` : name,
  );
  const [stored] = await clickhouse.client.query(
    `SELECT ${columns.join(", ")} FROM (SELECT * FROM views WHERE view_id = 'round trip')`,
    {},
    z.record(z.string(), z.unknown()),
  );
  const numbers = (value: unknown) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value);
  const written = Object.fromEntries(COLUMNS.views.map((name, at) => [name, row[at]]));
  for (const { name } of Object.values(RECORD_COLUMNS)) {
    expect([name, numbers(stored?.[name])]).toEqual([name, numbers(written[name])]);
  }
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
