import { randomBytes } from "node:crypto";
import { mkdtemp, open, readdir, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { TOPICS } from "../../domain/messages/topics.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { createClickHouse } from "../../platform/clickhouse/client.ts";
import { type EmbeddedClickHouse, launchEmbeddedClickHouse } from "../../platform/clickhouse/embedded/launch.ts";
import { DATABASE, migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import type { EventLog } from "../../platform/eventlog/eventlog.ts";
import { openSegmentLog } from "../../platform/eventlog/segment-log.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { createSink } from "../sink/sink.ts";
import { asLog, recordedRecords, tickRecord } from "../testing/recorded-records.ts";
import { createFoldCounters } from "../views/fold-counters.ts";
import { replayLog } from "../views/replay.ts";
import { type RepairDeps, type RepairWishes, repairStore } from "./repair-store.ts";

const ONE = 1 as EnvironmentId;
const TWO = 2 as EnvironmentId;
const START_MS = Math.floor((Date.now() - 2 * 3_600_000) / 5_000) * 5_000;
const TABLES = ["events", "views", "monitoring", "dimension_values"];
const log = createLogger("test", "silent");
const password = randomBytes(16).toString("hex");
const asked: RepairWishes = { tables: null, check: false, replay: false, drop: true, dropLost: false };

let folder: string;
let engine: EmbeddedClickHouse;
let clickhouse: ClickHouse;
let eventlog: EventLog;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-repair-"));
  await launch();
  const directory = new URL("../../migrations/clickhouse/", import.meta.url).pathname;
  await migrateClickHouse({ clickhouse, directory, cluster: null, log });
  const metrics = createMetrics("log");
  const directoryOfLog = join(folder, "eventlog");
  eventlog = openSegmentLog({
    directory: directoryOfLog,
    topics: TOPICS,
    retentionMs: 48 * 3_600_000,
    now: Date.now,
    log,
    metrics,
  });
  await write(START_MS);
});

/** Views of two environments, each in a partition of its own. */
async function write(startMs: number): Promise<void> {
  const writer = await eventlog.openWriter("beacons");
  for (const [environment, partition] of [ONE, TWO].map((one) => [one, 4 + one] as const)) {
    const ticks = Array.from({ length: 700 }, (_, second) => tickRecord(startMs + second * 1_000));
    const recordings = ["html5-stall", "hlsjs-tab-close"].flatMap((name) =>
      recordedRecords(name, environment, startMs),
    );
    await writer.append(asLog([...recordings, ...ticks]).map((record) => ({ ...record, partition })));
  }
  await writer.close();
}

afterEach(async () => {
  await eventlog.close();
  await clickhouse.close();
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

async function launch(): Promise<void> {
  engine = await launchEmbeddedClickHouse({ dataDir: join(folder, "clickhouse"), password, logLevel: "silent" });
  clickhouse = createClickHouse({ url: `http://default:${password}@127.0.0.1:${engine.port}`, database: DATABASE });
}

function newDeps(): RepairDeps & { lines: string[] } {
  const metrics = createMetrics("test");
  const lines: string[] = [];
  return {
    clickhouse,
    eventlog,
    sink: createSink({ clickhouse, log, metrics }),
    parseDevice: createDeviceParser(),
    counters: createFoldCounters(metrics),
    partitions: TOPICS.beacons.partitions,
    nowMs: Date.now(),
    signal: AbortSignal.timeout(60_000),
    say: (line) => lines.push(line),
    lines,
  };
}

/** Content of every table, without what may differ between equal rows. */
async function content(): Promise<Record<string, string>> {
  const Row = z.object({ content: z.string() });
  const entries = TABLES.map(async (table) => {
    const columns = table === "views" || table === "monitoring" ? "* EXCEPT version" : "*";
    const sql = `SELECT concat(toString(count()), ' ', toString(sum(cityHash64(toString(tuple(*)))))) AS content FROM (SELECT DISTINCT ${columns} FROM ${table} FINAL)`;
    return [table, (await clickhouse.query(sql, {}, Row))[0]?.content ?? ""] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Folder of a part in use. */
async function partFolder(table: string): Promise<string> {
  const sql =
    "SELECT path FROM system.parts WHERE active AND database = 'playhead' AND table = {table: String} LIMIT 1";
  const [row] = await clickhouse.query(sql, { table }, z.object({ path: z.string() }));
  return row?.path ?? "";
}

async function restart(): Promise<void> {
  await clickhouse.close();
  await engine.stop();
  await launch();
}

async function readiness(): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${engine.internalPort}/readyz`);
  return JSON.stringify(await answer.json());
}

it("brings back what damaged parts held, names it before, and removes them when asked", async () => {
  await replayLog(newDeps());
  const before = await content();
  for (const table of ["views", "events", "dimension_values"]) {
    await truncate(join(await partFolder(table), "checksums.txt"), 0);
  }
  await restart();
  const report = await readiness();
  for (const table of ["views", "events", "dimension_values"]) expect(report).toContain(`playhead.${table}`);
  expect(await content()).not.toEqual(before);

  const deps = newDeps();
  const { parts } = await repairStore(deps, asked);
  expect(parts.map(({ outcome, dropped }) => [outcome.kind, dropped])).toEqual([
    ["repaired", true],
    ["repaired", true],
    ["repaired", true],
  ]);
  expect(await content()).toEqual(before);
  expect(await readiness()).not.toContain("degraded");
  expect(deps.lines.filter((line) => line.endsWith("its rows are back"))).toHaveLength(3);
});

/** Spoils a part that is in use, where nothing but reading meets it. */
async function spoil(table: string): Promise<void> {
  await clickhouse.command(`OPTIMIZE TABLE ${table} FINAL`);
  const path = await partFolder(table);
  const file = (await readdir(path)).find((name) => name === "data.bin" || name === "attributes.bin") ?? "";
  const handle = await open(join(path, file), "r+");
  await handle.write("damaged!", 40);
  await handle.close();
}

it("finds by its checksums what only reading would meet", async () => {
  await replayLog(newDeps());
  const before = await content();
  await spoil("views");

  const first = newDeps();
  expect((await repairStore(first, asked)).parts).toEqual([]); // nobody has noticed yet
  const deps = newDeps();
  const { parts } = await repairStore(deps, { ...asked, check: true });
  expect(parts).toMatchObject([{ part: { table: "views" }, outcome: { kind: "repaired" }, dropped: true }]);
  expect(await content()).toEqual(before);
  expect(deps.lines).toContain("events is as it was written");
});

it("leaves in use what it cannot bring back: the rest of it can be read", async () => {
  await insertOld();
  await spoil("views");
  const deps = newDeps();
  const { parts } = await repairStore(deps, { ...asked, check: true });
  expect(parts).toMatchObject([{ part: { table: "views" }, outcome: { kind: "lost" }, dropped: false }]);
  expect(deps.lines.some((line) => line.endsWith("the part stays in use, as far as it can be read"))).toBe(true);
  const Count = z.object({ count: z.coerce.number() });
  expect(await clickhouse.query("SELECT count() AS count FROM views WHERE first_seen < 1600000000", {}, Count)).toEqual(
    [{ count: 1 }],
  );
  expect(await readiness()).toContain("reads since the start met damaged data");
});

it("does not take a log for all there was that is younger than the store", async () => {
  await insertOld();
  await truncate(join(await partFolder("views"), "checksums.txt"), 0);
  await clickhouse.command(
    "INSERT INTO events (environment_id, view_id, sequence, view_first_seen, expires_on) VALUES (1, 'old', 1, '2020-01-01 00:00:00', '2099-01-01')",
  );
  await restart();
  const { parts } = await repairStore(newDeps(), asked);
  expect(parts).toMatchObject([{ part: { table: "views" }, outcome: { kind: "lost" }, dropped: false }]);
});

const insertOld = () =>
  clickhouse.command(
    "INSERT INTO views (environment_id, first_seen, view_id, expires_on) VALUES (1, '2020-01-01 00:00:00', 'old', '2099-01-01')",
  );

it("keeps what it cannot bring back until it is told otherwise", async () => {
  await insertOld();
  await truncate(join(await partFolder("schema_migrations"), "checksums.txt"), 0);
  await truncate(join(await partFolder("views"), "checksums.txt"), 0);
  await eventlog.close();
  await rm(join(folder, "eventlog"), { recursive: true });
  const metrics = createMetrics("log");
  eventlog = openSegmentLog({
    directory: join(folder, "eventlog"),
    topics: TOPICS,
    retentionMs: 0,
    now: Date.now,
    log,
    metrics,
  });
  await restart();
  const kept = await repairStore(newDeps(), asked);
  expect(kept.parts.map(({ outcome, dropped }) => [outcome.kind, dropped])).toEqual([
    ["other", false],
    ["lost", false],
  ]);
  const dropped = await repairStore(newDeps(), { ...asked, tables: ["views"], dropLost: true });
  expect(dropped.parts.map((part) => part.dropped)).toEqual([true]);
});

it("refuses a table that is none", async () => {
  await expect(repairStore(newDeps(), { ...asked, tables: ["viewz"] })).rejects.toThrow("the store has no table viewz");
});
