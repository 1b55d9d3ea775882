import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { encodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import type { InsertRows } from "../../platform/clickhouse/clickhouse.ts";
import { migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { RowLines } from "../../platform/clickhouse/row-lines.ts";
import { startTestClickHouse, type TestClickHouse } from "../../platform/clickhouse/testing.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { tickRecord } from "../testing/recorded-records.ts";
import { createFoldCounters } from "../views/fold-counters.ts";
import { PartitionFold } from "../views/partition-fold.ts";
import { createSink } from "./sink.ts";

const log = createLogger("test", "silent");
const START_MS = Math.floor(Date.now() / 5_000) * 5_000 - 60_000;

let clickhouse: TestClickHouse;

beforeAll(async () => {
  clickhouse = await startTestClickHouse();
  const directory = new URL("../../migrations/clickhouse/", import.meta.url).pathname;
  await migrateClickHouse({ clickhouse: clickhouse.client, directory, cluster: null, log });
});

afterAll(async () => {
  await clickhouse.stop();
});

/** Numbers, times and texts at the ends of what JSON can say. */
const EXTREMES = [0, -0, -1, 0.5, 1e-300, 4_294_967_296, 1e20, 8.64e15, 1.7e308, -1.7e308, Number.MAX_SAFE_INTEGER];
const TEXTS = [
  "\u0000",
  "\\N",
  "'; DROP TABLE views; --",
  "🙂".repeat(4_000),
  "x".repeat(8_192),
  "\ud800",
  "NaN",
  "1e999",
];
const FIELDS = [
  "uti",
  "pphti",
  "xst",
  "vsobi",
  "xmaphps",
  "msara",
  "vtt",
  "vid",
  "vdn",
  "pnm",
  "percd",
  "perme",
  "vsr",
];

function hostileRecord(index: number, value: unknown, transmittedAtMs: number | null): StoredRecord {
  const viewId = `hostile \u0000 ${index}`;
  const fields = Object.fromEntries(FIELDS.map((name) => [name, value]));
  const events = ["viewstart", "playing", "rebufferstart", "error", "requestcompleted", "viewend"].map((e, at) => ({
    ...fields,
    e,
    xid: viewId,
    xsqno: at === 5 ? 4_294_967_295 : at,
  }));
  const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
  const head = { environmentId: 1 as EnvironmentId, viewId, arrivedAtMs: START_MS, transmittedAtMs, context };
  const text = encodeBeaconRecord(head, JSON.stringify({ events }));
  return {
    partition: 0,
    key: "",
    value: Buffer.from(text),
    timestampMs: START_MS,
    offset: index,
    nextOffset: index + 1,
  };
}

it("stores whatever a hostile client says, and refuses no row", async () => {
  const metrics = createMetrics("test");
  const fold = new PartitionFold({ parseDevice: createDeviceParser(), counters: createFoldCounters(metrics) });
  const sink = createSink({ clickhouse: clickhouse.client, log, metrics });
  const values = [...EXTREMES, ...TEXTS, null, true];
  const records = [null, 0, START_MS, 8.64e15].flatMap((sentAtMs, turn) =>
    values.map((value, index) => hostileRecord(turn * values.length + index, value, sentAtMs)),
  );
  for (const record of records) fold.apply([record]);
  await sink.store(fold.collect(), AbortSignal.timeout(20_000));
  fold.apply([tickRecord(START_MS + 59_000)]);
  await sink.store(fold.collect(), AbortSignal.timeout(20_000));

  expect(await metrics.getSingleMetricAsString("playhead_sink_refused_rows_total")).not.toMatch(/\} [1-9]/);
  const count = async (table: string) =>
    (
      await clickhouse.client.query(
        `SELECT toUInt32(uniqExact(view_id)) AS n FROM ${table}`,
        {},
        z.object({ n: z.number() }),
      )
    )[0]?.n;
  expect(await count("events")).toBe(records.length);
  expect(await count("views")).toBe(records.length);
});

/** A row of `events` with one text in the place of another, so that it says what no encoder of ours would. */
function eventLines(changes: readonly (readonly [string, string])[]): InsertRows {
  const lines = new RowLines();
  for (const [found, instead] of changes) {
    const row =
      '[7,"view",1,0,"2026-01-01 00:00:00.000","hb","2026-01-01 00:00:00.000",null,"2026-01-01 00:00:00.000",5,"{}","","","2999-01-01"]';
    lines.push(row.replace(found, instead));
  }
  return lines;
}

it("leaves out what the engine refuses for its content, whatever number it gives that", async () => {
  const metrics = createMetrics("test");
  const sink = createSink({ clickhouse: clickhouse.client, log, metrics });
  const bad = [
    ["7", '"seven"'],
    ["7", "-7"],
    ['"view"', '"\\ud800"'],
    ['"view"', ""],
    [",5,", ",five,"],
    [",5,", ","],
    ['"2026-01-01 00:00:00.000","hb"', '"soon","hb"'],
    ['"2999-01-01"', '"some day"'],
    ['"2999-01-01"', "[1]"],
  ] as const;
  await sink.store({ events: eventLines([["7", "8"], ...bad, ["", ""]]) }, AbortSignal.timeout(20_000));
  expect(await metrics.getSingleMetricAsString("playhead_sink_refused_rows_total")).toContain(`} ${bad.length}`);
  const rows = await clickhouse.client.query(
    "SELECT toUInt32(environment_id) AS n FROM events WHERE view_id = 'view' ORDER BY n",
    {},
    z.object({ n: z.number() }),
  );
  expect(rows.map(({ n }) => n)).toEqual([7, 8]);
});

it("waits while the engine refuses rows for the table's sake, and loses none", async () => {
  const metrics = createMetrics("test");
  const sink = createSink({ clickhouse: clickhouse.client, log, metrics });
  await clickhouse.client.command("ALTER TABLE events ADD CONSTRAINT closed CHECK environment_id != 9");
  const storing = sink.store({ events: eventLines([["7", "9"]]) }, AbortSignal.timeout(20_000));
  await expect.poll(() => sink.trouble(), { timeout: 10_000 }).toMatch(/Constraint/);
  await clickhouse.client.command("ALTER TABLE events DROP CONSTRAINT closed");
  await storing;
  expect(await metrics.getSingleMetricAsString("playhead_sink_refused_rows_total")).not.toMatch(/\} [1-9]/);
});
