import { randomBytes } from "node:crypto";
import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { createClickHouse } from "../../platform/clickhouse/client.ts";
import { type EmbeddedClickHouse, launchEmbeddedClickHouse } from "../../platform/clickhouse/embedded/launch.ts";
import { DATABASE, migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createNightlyMerge } from "./nightly-merge.ts";

const log = createLogger("test", "silent");
const password = randomBytes(16).toString("hex");
const signal = new AbortController().signal;
const Count = z.object({ count: z.coerce.number() });
const Parts = z.object({ table: z.string(), partition: z.string(), parts: z.coerce.number() });

/** A Thursday, 3 in the morning; the week of the 19th has been over for three days. */
const NIGHT_MS = Date.UTC(2026, 0, 29, 3);
const CLOSED = "2026-01-20 12:00:00";
const RUNNING = "2026-01-27 12:00:00";

let dataDir: string;
let engine: EmbeddedClickHouse;
let clickhouse: ClickHouse;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "playhead-"));
  await launch();
  const directory = new URL("../../migrations/clickhouse/", import.meta.url).pathname;
  await migrateClickHouse({ clickhouse, directory, cluster: null, log });
});

afterEach(async () => {
  await clickhouse.close();
  await engine.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function launch(): Promise<void> {
  engine = await launchEmbeddedClickHouse({ dataDir, password, logLevel: "warn" });
  clickhouse = createClickHouse({ url: `http://default:${password}@127.0.0.1:${engine.port}`, database: DATABASE });
}

/** Several versions of each of some views and events, a part each. */
async function fill(day: string, { views = 10, versions = 3, expiresOn = "2099-01-01" } = {}): Promise<void> {
  for (let version = 1; version <= versions; version += 1) {
    await clickhouse.command(
      `INSERT INTO views (environment_id, first_seen, view_id, version, attributes, expires_on)
       SELECT 1, '${day}', toString(number), ${version}, randomPrintableASCII(300), '${expiresOn}' FROM numbers(${views})`,
    );
    await clickhouse.command(
      `INSERT INTO events (environment_id, view_id, sequence, view_first_seen, expires_on)
       SELECT 1, toString(number), 1, '${day}', '${expiresOn}' FROM numbers(${views})`,
    );
  }
}

/** Makes one part of a partition unreadable. */
async function spoil(table: string, partition: string): Promise<void> {
  const sql = `SELECT path FROM system.parts WHERE database = 'playhead' AND active AND table = '${table}'
    AND partition = '${partition}' ORDER BY name LIMIT 1`;
  const [row] = await clickhouse.query(sql, {}, z.object({ path: z.string() }));
  await truncate(join(row?.path ?? "", "data.bin"), 100);
}

async function parts(): Promise<Map<string, number>> {
  const sql = `SELECT table, partition, count() AS parts FROM system.parts
    WHERE database = 'playhead' AND active AND table IN ('views', 'events') GROUP BY table, partition`;
  const rows = await clickhouse.query(sql, {}, Parts);
  return new Map(rows.map(({ table, partition, parts: count }) => [`${table} ${partition}`, count]));
}

const countOf = async (from: string) =>
  (await clickhouse.query(`SELECT count() AS count FROM ${from}`, {}, Count))[0]?.count;

function newMerge(over: { isLeader?: () => boolean; nowMs?: () => number } = {}) {
  const metrics = createMetrics("test");
  const deps = { clickhouse, log, metrics, nowMs: () => NIGHT_MS, isLeader: () => true, hourUtc: 3, ...over };
  return { merge: createNightlyMerge(deps), metrics };
}

describe("the night's work", () => {
  it("makes one part of every closed partition, each row once, and leaves running ones alone", async () => {
    await fill(CLOSED);
    await fill(RUNNING);
    const { merge, metrics } = newMerge();
    await merge.round(signal);
    const left = await parts();
    expect([left.get("views 2026-01-19"), left.get("events 2026-01-20")]).toEqual([1, 1]);
    expect(await countOf("views WHERE first_seen < '2026-01-26'")).toBe(10);
    expect(await countOf("views FINAL WHERE version = 3")).toBe(20);
    const merged = await metrics.getSingleMetricAsString("playhead_store_merges_total");
    expect(merged.match(/table="(views|events)",outcome="merged"[^}]*\} 1$/gm)).toHaveLength(2); // one partition of each
  });

  it("does nothing by day, and nothing on who does not lead", async () => {
    await fill(CLOSED);
    const before = await parts();
    for (const over of [{ nowMs: () => NIGHT_MS + 12 * 3_600_000 }, { isLeader: () => false }]) {
      const { merge } = newMerge(over);
      await merge.round(signal);
    }
    expect(await parts()).toEqual(before);
  });

  it("may be killed in the middle and run again: every answer stays", async () => {
    await fill(CLOSED, { views: 40_000, versions: 2 });
    const slowly = (codec: string) =>
      clickhouse.command(`ALTER TABLE views MODIFY COLUMN attributes String CODEC(${codec})`);
    await slowly("ZSTD(22)"); // of the parts that merges make
    const { merge } = newMerge();
    const round = merge.round(signal);
    const isMerging = async () => (await countOf("system.merges WHERE table = 'views'")) ?? 0;
    await expect.poll(isMerging, { interval: 5, timeout: 10_000 }).toBeGreaterThan(0);
    engine.kill("SIGKILL");
    await engine.exited;
    await round; // tells of it and does not reject
    await clickhouse.close();
    await launch();
    expect(await countOf("views FINAL WHERE version = 2")).toBe(40_000);
    await slowly("ZSTD(1)");
    const { merge: again } = newMerge();
    await again.round(signal);
    await again.round(signal);
    expect((await parts()).get("views 2026-01-19")).toBe(1);
    expect(await countOf("views WHERE version = 2")).toBe(40_000);
  });

  it("lets one partition that cannot be merged not hold up the others, and tells of it", async () => {
    await fill("2026-01-13 12:00:00");
    await fill(CLOSED);
    await spoil("views", "2026-01-12");
    const { merge, metrics } = newMerge();
    await merge.round(signal);
    const left = await parts();
    expect([left.get("views 2026-01-12"), left.get("views 2026-01-19"), left.get("events 2026-01-20")]).toEqual([
      3, 1, 1,
    ]);
    const merged = await metrics.getSingleMetricAsString("playhead_store_merges_total");
    expect(merged).toMatch(/table="views",outcome="failed"[^}]*\} 1$/m);
    const due = await metrics.getSingleMetricAsString("playhead_store_partitions_due");
    expect(due).toMatch(/^playhead_store_partitions_due.* 1$/m);
  });

  it("does not hold up a stop: what it waits for goes on without it", async () => {
    await fill(CLOSED);
    await clickhouse.command("ALTER TABLE views MODIFY COLUMN attributes String CODEC(ZSTD(22))");
    await fill("2026-01-19 12:00:00", { views: 40_000, versions: 2 });
    const { merge } = newMerge();
    merge.start();
    const isMerging = async () => (await countOf("system.merges WHERE table = 'views'")) ?? 0;
    await expect.poll(isMerging, { interval: 5, timeout: 10_000 }).toBeGreaterThan(0);
    await merge.close();
    expect(await isMerging()).toBeGreaterThan(0);
  });

  it("removes rows that have had their time", async () => {
    await fill(CLOSED, { views: 5, expiresOn: "2026-01-21" });
    await clickhouse.command(
      `INSERT INTO views (environment_id, first_seen, view_id, version, expires_on) VALUES (2, '${CLOSED}', 'kept', 1, '2099-01-01')`,
    );
    const { merge } = newMerge();
    await merge.round(signal);
    expect(await countOf("views")).toBe(1);
    expect(await countOf("events")).toBe(0);
  });
});
