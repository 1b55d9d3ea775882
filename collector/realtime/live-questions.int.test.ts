import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import {
  askLiveBreakdown,
  askLiveBreakdownTimeseries,
  type LiveBreakdownOptions,
  type LiveBreakdownPoint,
  type LiveScope,
} from "../../domain/monitoring/ask-breakdown.ts";
import type { MonitoringDimension, MonitoringFilter } from "../../domain/monitoring/dimensions.ts";
import { LIVE_METRICS, type LiveMetric } from "../../domain/monitoring/live-metrics.ts";
import { askBuckets, askCurrent, askDimensionValues } from "../../domain/monitoring/queries.ts";
import { askStartupHistogram, histogramPoints } from "../../domain/monitoring/startup-histogram.ts";
import { migrateClickHouse } from "../../platform/clickhouse/migrate.ts";
import { startTestClickHouse, type TestClickHouse } from "../../platform/clickhouse/testing.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { COLUMNS } from "../sink/rows.ts";

const ONE = 1 as EnvironmentId;
const OTHER = 2 as EnvironmentId;
/** 23 hours ago: still in the window. On a whole minute. */
const OLD_MS = Math.floor((Date.now() - 23 * 3_600_000) / 60_000) * 60_000;
const TOP: LiveBreakdownOptions = { orderBy: "negative_impact", direction: "desc", limit: 10 };

const metric = (id: string) => LIVE_METRICS.find((one) => one.id === id) as LiveMetric;

let clickhouse: TestClickHouse;

/** A beat of a viewer who plays without trouble, but for what is given. */
function beat(bucketMs: number, viewId: string, given: Record<string, unknown> = {}) {
  const values: Record<string, unknown> = {
    environment_id: ONE,
    bucket: bucketMs / 1_000,
    view_id: viewId,
    version: 1,
    concurrent: 1,
    watch_ms: 5_000,
    ...given,
  };
  const numeric = new Set([
    "rebuffer_ms",
    "starting_up",
    "start_attempt",
    "startup_failure",
    "exit_before_start",
    "asn",
  ]);
  return COLUMNS.beats.map((name) => values[name] ?? (name === "startup_ms" ? null : isNumber(name, numeric) ? 0 : ""));
}

function isNumber(name: string, known: ReadonlySet<string>): boolean {
  return known.has(name) || ["playback_failure", "bitrate", "view_has_ad"].includes(name);
}

beforeAll(async () => {
  clickhouse = await startTestClickHouse();
  await migrateClickHouse({
    clickhouse: clickhouse.client,
    directory: new URL("../../migrations/clickhouse/", import.meta.url).pathname,
    cluster: null,
    log: createLogger("test", "silent"),
  });
  const slow = { video_title: "Slow", region: "BE", asn: 3320, asset_id: "asset-1", playback_id: "play-1" };
  const fine = { video_title: "Fine", region: "BY", view_has_ad: 1, live_stream_id: "live-1" };
  await clickhouse.client.insert("beats", COLUMNS.beats, [
    beat(OLD_MS, "a", { ...slow, rebuffer_ms: 2_500, bitrate: 1_000_000 }),
    beat(OLD_MS, "b", { ...slow, rebuffer_ms: 5_000, bitrate: 9_000_000 }), // plays nothing in this bucket
    beat(OLD_MS, "c", { ...fine, bitrate: 3_000_000, startup_ms: 450, start_attempt: 1 }),
    beat(OLD_MS, "d", { ...fine, starting_up: 1, start_attempt: 1, bitrate: 8_000_000 }),
    beat(OLD_MS, "e", {
      ...fine,
      concurrent: 0,
      watch_ms: 900,
      start_attempt: 1,
      startup_failure: 1,
      playback_failure: 1,
    }),
    beat(OLD_MS + 5_000, "c", { ...fine, bitrate: 5_000_000 }),
    beat(OLD_MS + 60_000, "f", { video_title: "Slow", startup_ms: 12_000 }),
    beat(OLD_MS, "a", { environment_id: OTHER, video_title: "Theirs", rebuffer_ms: 5_000 }),
  ]);
});

afterAll(async () => {
  await clickhouse.stop();
});

const BreakdownRow = z.object({
  value: z.string(),
  metric_value: z.number().nullable(),
  concurrent_viewers: z.number(),
  starting_up_viewers: z.number(),
  negative_impact: z.number(),
  total_row_count: z.number(),
});

function scope(
  id: string,
  dimension: MonitoringDimension,
  filters: readonly MonitoringFilter[] = [],
  toMs = OLD_MS + 5_000,
): LiveScope {
  return { environmentId: ONE, metric: metric(id), dimension, filters, fromMs: OLD_MS, toMs };
}

async function breakdown(id: string, dimension: MonitoringDimension, filters: MonitoringFilter[] = [], options = TOP) {
  const { sql, params } = askLiveBreakdown(scope(id, dimension, filters), options);
  return clickhouse.client.query(sql, params, BreakdownRow);
}

describe("a breakdown at one moment", () => {
  it("names the value first that worsens the whole most", async () => {
    const rows = await breakdown("current-rebuffering-percentage", "region");
    expect(rows.map(({ value, negative_impact: place }) => [value, place])).toEqual([
      ["BE", 1],
      ["BY", 2],
    ]);
    expect(rows[0]?.metric_value).toBeCloseTo(0.75);
    expect(rows[1]).toMatchObject({ metric_value: 0, concurrent_viewers: 2, starting_up_viewers: 1 });
  });

  it("turns the order where more is better", async () => {
    const [worst] = await breakdown("current-average-bitrate", "region");
    expect(worst).toMatchObject({ value: "BE", metric_value: 1_000_000, negative_impact: 1 });
  });

  it("counts each failure where it happened, and says null where nothing was attempted", async () => {
    const startups = await breakdown("video-startup-failure-percentage", "region");
    expect(new Map(startups.map(({ value, metric_value: ratio }) => [value, ratio]))).toEqual(
      new Map([
        ["BY", 1 / 3],
        ["BE", null],
      ]),
    );
    const failures = await breakdown("playback-failure-percentage", "view_has_ad");
    expect(failures.find(({ value }) => value === "true")?.metric_value).toBeCloseTo(1 / 3);
  });

  it.each([
    ["region", ["BE", "BY"]],
    ["asn", ["", "3320"]],
    ["view_has_ad", ["false", "true"]],
    ["asset_id", ["", "asset-1"]],
    ["playback_id", ["", "play-1"]],
    ["live_stream_id", ["", "live-1"]],
    ["video_title", ["Fine", "Slow"]],
  ] as const)("tells viewers apart by %s, and keeps them by it", async (dimension, values) => {
    const rows = await breakdown("current-concurrent-viewers", dimension);
    const names = await namesOf(
      dimension,
      rows.map(({ value }) => value),
    );
    expect([...names].sort()).toEqual(values);
    for (const value of values) {
      const kept = await breakdown("current-concurrent-viewers", "region", [
        { dimension, values: [value], negated: false },
      ]);
      const dropped = await breakdown("current-concurrent-viewers", "region", [
        { dimension, values: [value], negated: true },
      ]);
      expect([viewers(kept), viewers(dropped)]).toEqual([2, 2]);
    }
  });

  it("keeps to the limit, and says how many there are", async () => {
    const options = { orderBy: "field", direction: "desc", limit: 1 } as const;
    expect(await breakdown("current-concurrent-viewers", "region", [], options)).toMatchObject([
      { value: "BY", total_row_count: 2 },
    ]);
  });

  it.each([
    ["current-concurrent-viewers", "video_title", "field", "asc", ["Fine", "Slow"]],
    ["current-concurrent-viewers", "video_title", "field", "desc", ["Slow", "Fine"]],
    ["current-concurrent-viewers", "asn", "field", "asc", ["", "3320"]],
    ["current-average-bitrate", "region", "value", "asc", ["BE", "BY"]],
    ["current-average-bitrate", "region", "value", "desc", ["BY", "BE"]],
    ["current-average-bitrate", "region", "negative_impact", "asc", ["BY", "BE"]],
    ["video-startup-failure-percentage", "region", "negative_impact", "asc", ["BY", "BE"]],
  ] as const)("orders %s by %s by %s %s", async (id, dimension, orderBy, direction, values) => {
    const rows = await breakdown(id, dimension, [], { orderBy, direction, limit: 10 });
    const names = await namesOf(
      dimension,
      rows.map(({ value }) => value),
    );
    expect(names).toEqual(values);
  });
});

const viewers = (rows: readonly { concurrent_viewers: number }[]) =>
  rows.reduce((sum, row) => sum + row.concurrent_viewers, 0);

async function namesOf(dimension: MonitoringDimension, values: readonly string[]): Promise<string[]> {
  const { sql, params } = askDimensionValues(
    ONE,
    dimension,
    values.filter((value) => /^\d+$/.test(value)),
  );
  const rows = await clickhouse.client.query(sql, params, z.object({ key_text: z.string(), name: z.string() }));
  const names = new Map(rows.map(({ key_text: key, name }) => [key, name]));
  return values.map((value) => names.get(value) ?? value);
}

it("breaks a metric down over time, the busiest values of each bucket", async () => {
  const options = { orderBy: "views", direction: "desc", limit: 1 } as const;
  const asked = scope("current-average-bitrate", "region", [], OLD_MS + 60_000);
  const { sql, params } = askLiveBreakdownTimeseries(asked, options);
  const Row: z.ZodType<LiveBreakdownPoint> = BreakdownRow.omit({ negative_impact: true, total_row_count: true }).extend(
    {
      start_ms: z.number(),
    },
  );
  expect(await clickhouse.client.query(sql, params, Row)).toMatchObject([
    { start_ms: OLD_MS, value: "BE", metric_value: 1_000_000, concurrent_viewers: 2 },
    { start_ms: OLD_MS + 5_000, value: "BY", metric_value: 5_000_000, concurrent_viewers: 1 },
  ]);
});

it("names the worst value of each bucket, by itself", async () => {
  const options = { orderBy: "negative_impact", direction: "desc", limit: 1 } as const;
  const asked = scope("current-rebuffering-percentage", "region", [], OLD_MS + 60_000);
  const { sql, params } = askLiveBreakdownTimeseries(asked, options);
  const rows = await clickhouse.client.query(sql, params, z.object({ start_ms: z.number(), value: z.string() }));
  expect(rows).toEqual([
    { start_ms: OLD_MS, value: "BE" },
    { start_ms: OLD_MS + 5_000, value: "BY" },
  ]);
});

it("answers a timeseries at any moment of the last day with the mean bitrate of who plays", async () => {
  const { sql, params } = askBuckets(ONE, [], OLD_MS, OLD_MS + 1_800_000);
  const Row = z.object({ start_ms: z.number(), bitrate_sum: z.number(), bitrate_viewers: z.number() });
  const [first] = await clickhouse.client.query(sql, params, Row);
  expect(first).toEqual({ start_ms: OLD_MS, bitrate_sum: 4_000_000, bitrate_viewers: 2 });
});

it("takes one bitrate of each viewer over a minute: the mean of what they played", async () => {
  const { sql, params } = askCurrent(ONE, [], [], OLD_MS + 5_000);
  const Row = z.object({ bitrate_sum: z.number(), bitrate_viewers: z.number() });
  // c played 3 and 5 Mbit/s, a 1 Mbit/s
  expect(await clickhouse.client.query(sql, params, Row)).toEqual([{ bitrate_sum: 5_000_000, bitrate_viewers: 2 }]);
});

it("draws start-up times a minute", async () => {
  const { sql, params } = askStartupHistogram(ONE, [], OLD_MS, OLD_MS + 180_000);
  const Row = z.object({
    start_ms: z.number(),
    counts: z.array(z.number()),
    average_ms: z.number(),
    median_ms: z.number(),
    p95_ms: z.number(),
  });
  const rows = await clickhouse.client.query(sql, params, Row);
  const points = histogramPoints(rows, OLD_MS, OLD_MS + 180_000);
  expect(points.map(({ bars }) => bars.findIndex(({ count }) => count > 0))).toEqual([1, 6, -1]);
  expect(points[0]).toMatchObject({ sum: 1, medianMs: 450, p95Ms: 450, averageMs: 450 });
});
