import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { startTestClickHouse, type TestClickHouse } from "../../platform/clickhouse/testing.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { createSink } from "../sink/sink.ts";
import { asLog, recordedRecords, tickRecord } from "../testing/recorded-records.ts";
import { createFoldCounters } from "../views/fold-counters.ts";
import { PartitionFold } from "../views/partition-fold.ts";
import { DimensionNames } from "./dimension-names.ts";
import { LivePicture } from "./live-picture.ts";

const ONE = 1 as EnvironmentId;
const OTHER = 2 as EnvironmentId;
/** Near the present: monitoring rows live for 25 hours. On a bucket boundary. */
const START_MS = Math.floor((Date.now() - 600_000) / 5_000) * 5_000;
const log = createLogger("test", "silent");

let clickhouse: TestClickHouse;

beforeAll(async () => {
  clickhouse = await startTestClickHouse();
  await migrateClickHouse({
    clickhouse: clickhouse.client,
    directory: new URL("../../migrations/clickhouse/", import.meta.url).pathname,
    cluster: null,
    log,
  });
});

afterAll(async () => {
  await clickhouse.stop();
});

/** Stores what the recordings give up to a moment, ticks included; twice, as a retry would. */
async function store(environment: EnvironmentId, names: readonly string[], untilMs: number): Promise<void> {
  const metrics = createMetrics("test");
  const fold = new PartitionFold({ parseDevice: createDeviceParser(), counters: createFoldCounters(metrics) });
  const sink = createSink({ clickhouse: clickhouse.client, log, metrics });
  const ticks = Array.from({ length: (untilMs - START_MS) / 1_000 + 1 }, (_, index) =>
    tickRecord(START_MS + index * 1_000),
  );
  const records = asLog([...names.flatMap((name) => recordedRecords(name, environment, START_MS)), ...ticks]);
  for (let at = 0; at < records.length; at += 10) {
    fold.apply(records.slice(at, at + 10).filter((record) => record.timestampMs <= untilMs));
    const rows = fold.collect();
    await sink.store(rows, AbortSignal.timeout(30_000));
    await sink.store(rows, AbortSignal.timeout(30_000));
  }
}

function picture(
  environment: EnvironmentId,
  filters: { dimension: "video_title"; values: string[]; negated: boolean }[] = [],
) {
  const breakdowns = ["video_title", "country", "device_category", "cdn"] as const;
  const subscription = { id: "s", filters, breakdowns, resumeFromMs: null };
  return new LivePicture(environment, subscription, clickhouse.client, new DimensionNames(clickhouse.client));
}

describe("LivePicture over the recordings", () => {
  it("counts who watches, stalls and starts, of its own environment alone", async () => {
    const untilMs = START_MS + 20_000; // html5-stall plays on after its stall; html5-tab-close is gone
    await store(ONE, ["html5-stall", "html5-tab-close"], untilMs);
    await store(OTHER, ["html5-normal"], untilMs);

    const news = await picture(ONE).refresh(untilMs);
    expect(news.current.current_concurrent_viewers).toBe(1);
    expect(news.current.video_startup_time?.count).toBe(2);
    const stalled = news.changed.find((bucket) => bucket.start === START_MS + 10_000);
    // both play in this bucket; one of them stalls from 10,451 to 13,970 ms
    expect(stalled?.current_rebuffering_percentage).toBeGreaterThan(0.3);
    expect(news.changed).toHaveLength(360);
    expect(news.breakdowns.country).toMatchObject([{ value: "DE", current_concurrent_viewers: 1 }]);
    expect(news.breakdowns.video_title).toMatchObject([{ value: "Fixture A", current_concurrent_viewers: 1 }]);
    expect(news.breakdowns.device_category).toMatchObject([{ value: "desktop" }]);
    expect(news.breakdowns.cdn).toMatchObject([{ value: null }]);
  });

  it("asks again only for open buckets, and finds what changed in them", async () => {
    const live = picture(OTHER);
    await live.refresh(START_MS + 20_000);
    const again = await live.refresh(START_MS + 21_000);
    expect(again.changed).toEqual([]);
    const later = await live.refresh(START_MS + 25_000);
    expect(later.changed.map((bucket) => bucket.start)).toContain(START_MS + 25_000);
    expect(later.changed.length).toBeLessThan(4);
    expect(live.buckets()).toHaveLength(360);
  });

  it("filters by a title that has a numeric key, and by its absence", async () => {
    const untilMs = START_MS + 20_000;
    const title = (values: string[], negated = false) =>
      picture(ONE, [{ dimension: "video_title", values, negated }]).refresh(untilMs);
    expect((await title(["Fixture A"])).current.current_concurrent_viewers).toBe(1);
    expect((await title(["Fixture A"], true)).current.current_concurrent_viewers).toBe(0);
    expect((await title(["'; DROP TABLE monitoring; --"])).current.current_concurrent_viewers).toBe(0);
  });

  it("stores events and views once, though every insert came twice", async () => {
    const { z } = await import("zod");
    const [row] = await clickhouse.client.query(
      `SELECT toUInt32(count()) AS events, toUInt32(uniqExact(view_id, sequence)) AS keys FROM events FINAL WHERE environment_id = 1`,
      {},
      z.object({ events: z.number(), keys: z.number() }),
    );
    expect(row?.events).toBe(row?.keys);
    expect(row?.events).toBeGreaterThan(20);
  });
});
