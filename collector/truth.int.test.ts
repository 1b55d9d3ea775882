import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { askBreakdown } from "../domain/metrics/ask/ask-breakdown.ts";
import { askTimeseries } from "../domain/metrics/ask/ask-timeseries.ts";
import { dimensionById } from "../domain/metrics/dimensions.ts";
import type { Metric } from "../domain/metrics/metric.ts";
import { METRICS, metricById } from "../domain/metrics/metrics.ts";
import type { Scope } from "../domain/metrics/scope.ts";
import { answer } from "../domain/truth/answer.ts";
import { ASKED, OTHER, randomLog } from "../domain/truth/testing/random-log.ts";
import { trueView } from "../domain/truth/true-view.ts";
import { startTestClickHouse, type TestClickHouse } from "../platform/clickhouse/testing.ts";
import { type Ask, compareAnswers, compareViews, isSame } from "./testing/truth/compare.ts";
import { fastAnswers, storedViews } from "./testing/truth/fast-answers.ts";
import { viewsOfStoredEvents } from "./testing/truth/stored-events.ts";
import { createTables, type KnownView, storeRecords, trueViews } from "./testing/truth/stored-world.ts";

/** `TRUTH_SEED=… vitest run --project integration collector/truth.int.test.ts` plays the log of a failed run again. */
const SEED = Number(process.env["TRUTH_SEED"] ?? 20_261_126);
const VIEWERS = Number(process.env["TRUTH_VIEWERS"] ?? 1_000);
/** Midnight is in the midst of it: some views lie before, some after, and some cross it. */
const START_MS = Date.UTC(2026, 9, 30, 23, 59, 15);
const MIDNIGHT_MS = Date.UTC(2026, 9, 31);

// a machine that does other things beside needs several times as long, which is no mistake
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let clickhouse: TestClickHouse;
let views: KnownView[];
let ask: Ask;

const ALL: Scope = {
  environmentId: ASKED,
  fromMs: START_MS - 2 * 86_400_000,
  toMs: START_MS + 2 * 86_400_000,
  filters: [],
  metricFilters: [],
  weighted: false,
  includeBots: false,
};

beforeAll(async () => {
  clickhouse = await startTestClickHouse();
  const sink = await createTables(clickhouse.client);
  const records = randomLog({ seed: SEED, viewers: VIEWERS, startMs: START_MS, durationMs: 90_000 });
  await storeRecords(sink, records, "all");
  views = trueViews(records);
  ask = (scope, asked) => fastAnswers(clickhouse.client, scope, asked);
});

afterAll(async () => {
  await clickhouse.stop();
});

const of = (environmentId: number) => views.filter((view) => view.environmentId === environmentId);
const metric = (id: string) => metricById(id) as Metric;
const reason = `seed ${SEED}`;

describe("the fast path and the slow one", () => {
  it("have enough to differ about", () => {
    expect(views.length).toBeGreaterThan(2_000);
    for (const { id } of METRICS) {
      const values = new Set(of(ASKED).map(({ values: held }) => held[id]));
      const least = id.includes("view") && id !== "viewer_experience_score" ? 1 : 2;
      expect([id, values.size >= least]).toEqual([id, true]);
    }
  });

  it("have views that went over to another CDN, and some that say one thing and do another", () => {
    expect(views.filter(({ cdnTrace }) => cdnTrace.length > 1).length).toBeGreaterThan(20);
    expect(views.filter(({ cdn, cdnTrace }) => cdn !== cdnTrace.at(-1)).length).toBeGreaterThan(20);
  });

  it("say the same of every view", async () => {
    for (const environmentId of [ASKED, OTHER]) {
      const stored = await storedViews(clickhouse.client, environmentId, METRICS);
      expect(compareViews(stored, of(environmentId)).slice(0, 20), reason).toEqual([]);
    }
  });

  it("are traced from every number to the stored events behind it", async () => {
    const raw = await viewsOfStoredEvents(clickhouse.client, ASKED);
    const known = new Map(of(ASKED).map((view) => [view.viewId, view]));
    const differ = raw.flatMap((view) => {
      const { values, viewStartMs } = trueView(view, Number.POSITIVE_INFINITY);
      const expected = known.get(view.viewId);
      return METRICS.map(({ id }) => id)
        .filter((id) => !isSame(values[id] ?? null, expected?.values[id] ?? null))
        .filter((id) => id !== "live_stream_latency" || viewStartMs === expected?.viewStartMs) // a repeat, which is not kept, may know the clock better
        .map((id) => ({ id, view: view.viewId, stored: values[id], truth: expected?.values[id] }));
    });
    expect(differ.slice(0, 20), reason).toEqual([]);
    expect(raw.map(({ viewId }) => viewId).sort()).toEqual([...known.keys()].sort());
    expect(raw.some(({ events }) => events.some(({ late }) => late))).toBe(true);
  });

  it("answer every metric in each of its measurements alike, also weighted, with crawlers, and cut at midnight", async () => {
    const scopes = [
      ALL,
      { ...ALL, weighted: true },
      { ...ALL, includeBots: true, toMs: MIDNIGHT_MS },
      { ...ALL, fromMs: MIDNIGHT_MS },
      { ...ALL, environmentId: OTHER },
    ];
    for (const scope of scopes) {
      expect(await compareAnswers(ask, of(scope.environmentId), scope), reason).toEqual([]);
    }
  });

  it("keep the same views by filters", async () => {
    const sample = ["views", "rebuffer_percentage", "video_startup_time", "viewer_experience_score"].map(metric);
    const country = { dimension: "country", operator: "is", values: ["DE", "BR"], negated: false } as const;
    const failed = { dimension: "playback_failure", operator: "is", values: ["true"], negated: true } as const;
    const filters = { ...ALL, filters: [country, failed] };
    const keeps = (view: KnownView) =>
      ["DE", "BR"].includes(view.country) && view.values["playback_failure_percentage"] === 0;
    expect(await compareAnswers(ask, of(ASKED), filters, { metrics: sample, keeps: keeps as never }), reason).toEqual(
      [],
    );

    const stalled = { ...ALL, metricFilters: [{ metric: "rebuffer_duration", operator: ">=", value: 2_000 } as const] };
    const hasStalls = (view: Pick<KnownView, "values">) => Number(view.values["rebuffer_duration"]) >= 2_000;
    expect(await compareAnswers(ask, of(ASKED), stalled, { metrics: sample, keeps: hasStalls }), reason).toEqual([]);
  });
});

const BreakdownRow = z.object({ field: z.string(), value: z.number().nullable(), views: z.number() });
const PointRow = z.object({ start_ms: z.number(), value: z.number().nullable(), views: z.number() });

/** How a view is grouped, worked out of its own fields. */
const GROUPS: Readonly<Record<string, (view: KnownView) => string>> = {
  country: (view) => view.country,
  cdn: (view) => view.cdn,
  video_cdn_trace: ({ cdnTrace }) => (cdnTrace.length === 0 ? "" : `[${cdnTrace.join(",")}]`),
  player_name: (view) => String(view.fields.get("player_name") ?? ""),
  stream_type: (view) => String(view.fields.get("video_stream_type") ?? ""),
  exit_before_video_start: (view) => String(view.values["exits_before_video_start"] === 1),
};

const SAMPLE = [
  ["views", "count"],
  ["unique_viewers", "count"],
  ["playing_time", "sum"],
  ["rebuffer_percentage", "avg"],
  ["video_startup_time", "95th"],
  ["weighted_average_bitrate", "median"],
  ["ad_error_percentage", "avg"],
] as const;

describe("grouped", () => {
  const grouped = (views: readonly KnownView[], by: (view: KnownView) => string) => Map.groupBy(views, by);

  it.each(Object.keys(GROUPS))("by %s, both give the same groups", async (id) => {
    const dimension = dimensionById(id);
    const by = GROUPS[id];
    if (dimension === null || by === undefined) throw new Error(`no dimension ${id}`);
    for (const [metricId, measurement] of SAMPLE) {
      const options = { limit: 100, offset: 0, orderBy: "field", direction: "asc" } as const;
      const { sql, params } = askBreakdown(ALL, metric(metricId), measurement, dimension, options);
      const rows = await clickhouse.client.query(sql, params, BreakdownRow);
      const { fromMs, toMs } = ALL;
      const question = { metric: metricId, measurement, fromMs, toMs };
      const expected = [...grouped(of(ASKED), by)]
        .map(([field, members]) => ({ field, value: answer(members, question) }))
        .filter(({ field, value }) => value !== null && (value > 0 || rows.some((row) => row.field === field)));
      const differ = expected.filter(({ field, value }) => {
        const row = rows.find((one) => one.field === field);
        return row === undefined || !isSame(row.value, value);
      });
      expect([metricId, differ, rows.length], reason).toEqual([metricId, [], expected.length]);
    }
  });

  it.each(["minute", "ten_minutes", "hour", "day"] as const)("by %s, both give the same course", async (width) => {
    const widthMs = { minute: 60_000, ten_minutes: 600_000, hour: 3_600_000, day: 86_400_000 }[width];
    for (const [metricId, measurement] of SAMPLE) {
      const { sql, params } = askTimeseries(ALL, metric(metricId), measurement, width);
      const points = await clickhouse.client.query(sql, params, PointRow);
      const differ = points.filter(({ start_ms: fromMs, value }) => {
        const question = { metric: metricId, measurement, fromMs, toMs: fromMs + widthMs };
        return !isSame(value, answer(of(ASKED), question));
      });
      const total = points.reduce((sum, point) => sum + point.views, 0);
      const [held] = await ask(ALL, [{ metric: metric(metricId), measurement }]);
      expect([metricId, differ, total], reason).toEqual([metricId, [], held?.views]);
    }
  });
});
