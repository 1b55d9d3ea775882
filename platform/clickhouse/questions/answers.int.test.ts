import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WEIGHT_SQL } from "../../../domain/metrics/ask/aggregate.ts";
import { askBreakdown, type BreakdownRow } from "../../../domain/metrics/ask/ask-breakdown.ts";
import { askComparison, type ComparisonRow, comparedColumn } from "../../../domain/metrics/ask/ask-comparison.ts";
import { askInsights, type InsightRow } from "../../../domain/metrics/ask/ask-insights.ts";
import { askOverall, type OverallRow } from "../../../domain/metrics/ask/ask-overall.ts";
import { askTimeseries, type PointRow } from "../../../domain/metrics/ask/ask-timeseries.ts";
import { COMPARED_SCORES, COMPARED_TOTALS } from "../../../domain/metrics/comparison.ts";
import { type Dimension, dimensionById } from "../../../domain/metrics/dimensions.ts";
import { INSIGHT_DIMENSIONS } from "../../../domain/metrics/insight-dimensions.ts";
import type { Measurement, Metric } from "../../../domain/metrics/metric.ts";
import { METRICS, metricById } from "../../../domain/metrics/metrics.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import { bucketStarts, GRANULARITIES } from "../../../domain/metrics/time-buckets.ts";
import { TIME_ZONES } from "../../../domain/metrics/time-zones.ts";
import type { ViewRecord } from "../../../domain/view/view-record.ts";
import type { TestClickHouse } from "../testing.ts";
import { plainNumbers, viewsIn } from "./testing/plain-answers.ts";
import { anyRecord, TIMES } from "./testing/random-records.ts";
import { answer, answers, environment, insertViews, startViewsTable } from "./testing/views-table.ts";

let clickhouse: TestClickHouse;
const records = fc.sample(anyRecord, { numRuns: 500, seed: 4_711 });
/** Not all that there is, so that edges matter. */
const range = { fromMs: TIMES.fromMs + 7_200_123, toMs: TIMES.toMs - 36_000_456 };

beforeAll(async () => {
  clickhouse = await startViewsTable();
  const rows = records.map((record, at) => {
    return { environmentId: 3, viewId: `view ${at}`, firstSeenMs: record.viewStartMs, version: 1, record };
  });
  await insertViews(clickhouse, rows);
});
afterAll(() => clickhouse.stop());

function scope(more: Partial<Scope> = {}): Scope {
  const all = { filters: [], metricFilters: [], weighted: false, includeBots: false };
  return { environmentId: environment(3), ...range, ...all, ...more };
}

const metric = (id: string) => metricById(id) as Metric;
const dimension = (id: string) => dimensionById(id) as Dimension;

/** Equal up to the order in which numbers were added up. */
const SUMMED = 1e-9;

function expectNear(found: number | null | undefined, expected: number | null, what: string, relative = SUMMED): void {
  if (expected === null || found === null || found === undefined) expect([what, found]).toEqual([what, expected]);
  else {
    const isNear = Math.abs(found - expected) <= relative * Math.max(1, Math.abs(expected));
    expect([what, isNear, found, expected]).toEqual([what, true, found, expected]);
  }
}

/** How far an answer may be off: weighted quantiles are of values to 14 binary digits. */
function marginOf(measurement: Measurement, weighted: boolean): number {
  return weighted && (measurement === "median" || measurement === "95th") ? 2 ** -14 : SUMMED;
}

describe("askOverall", () => {
  it.each(METRICS.map((each) => [each.id, each] as const))(
    "equals a plain count in every measurement, weighted or not: %s",
    async (_, each) => {
      const asked = each.measurements.flatMap((measurement) =>
        [false, true].map((weighted) => ({ measurement, weighted })),
      );
      const questions = asked.map(({ measurement, weighted }) => askOverall(scope({ weighted }), each, measurement));
      const rows = await answers<OverallRow>(clickhouse, questions);
      for (const [at, { measurement, weighted }] of asked.entries()) {
        const [row] = rows[at] ?? [];
        const expected = plainNumbers(viewsIn(records, each, range), each, measurement, weighted);
        const name = `${measurement}, weighted: ${weighted}`;
        expect(expected.views).toBeGreaterThan(50);
        expectNear(row?.value, expected.value, name, marginOf(measurement, weighted));
        expectNear(row?.total_views, expected.views, `views, ${name}`);
        expectNear(row?.total_watch_time, expected.total_watch_time, `watch time, ${name}`);
        expectNear(row?.total_playing_time, expected.total_playing_time, `playing time, ${name}`);
      }
    },
  );

  it("of nothing is 0 where it is counted or added up, else unknown", async () => {
    const asked = METRICS.flatMap((each) => each.measurements.map((measurement) => ({ each, measurement })));
    const nothing = scope({ fromMs: 0, toMs: 1 });
    const rows = await answers(
      clickhouse,
      asked.map(({ each, measurement }) => askOverall(nothing, each, measurement)),
    );
    for (const [at, { each, measurement }] of asked.entries()) {
      const value = measurement === "count" || measurement === "sum" ? 0 : null;
      const row = { asked: at, value, total_views: 0, total_watch_time: 0, total_playing_time: 0 };
      expect(rows[at], each.id).toEqual([row]);
    }
  });

  it("counts crawlers where asked", async () => {
    const question = askOverall(scope({ includeBots: true }), metric("views"), "count");
    const people = records.map((record) => ({ ...record, bot: false }));
    const [row] = await answer<OverallRow>(clickhouse, question);
    expect(row?.value).toBe(viewsIn(people, metric("views"), range).length);
  });

  it("refuses a measurement that the metric does not have", () => {
    expect(() => askOverall(scope(), metric("views"), "median")).toThrow(RangeError);
  });
});

describe("the statements of docs/metrics.md", () => {
  const page = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8");
  const statements = [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = ""]) =>
    sql.replace("environment_id = 1", "environment_id = 3"),
  );

  it("run, and say what the question says", async () => {
    expect(statements).toHaveLength(3);
    const found = [];
    for (const sql of statements) found.push(await answer(clickhouse, { sql, params: {} }));
    const day = { fromMs: Date.UTC(2026, 4, 5), toMs: Date.UTC(2026, 4, 6) };
    const [row] = await answer<OverallRow>(clickhouse, askOverall(scope(day), metric("rebuffer_percentage"), "avg"));
    expect(Number(row?.total_views)).toBeGreaterThan(20);
    expect(found[0]).toEqual([{ value: row?.value, total_views: String(row?.total_views) }]);
    expect(found[1]?.length).toBe(25);
  });
});

describe("a view's weight", () => {
  it("is 1 ÷ its rate, and a million at most: the client tells it", async () => {
    const sql = `SELECT ${WEIGHT_SQL} AS weight FROM (SELECT arrayJoin([1, 0.1, 0.001, 0.000002, 1e-30, 0]::Array(Float32)) AS sample_rate)`;
    const rows = await answer<{ weight: number }>(clickhouse, { sql, params: {} });
    expect(rows.map(({ weight }) => Math.round(weight))).toEqual([1, 10, 1_000, 500_000, 1_000_000, 1]);
  });
});

describe("askTimeseries", () => {
  const zones = ["UTC", "Pacific/Chatham", "America/St_Johns"];
  const series = GRANULARITIES.flatMap((granularity) => zones.map((zone) => [granularity, zone] as const));
  const measured = [
    ["video_startup_time", "95th"],
    ["playing_time", "sum"],
  ] as const;

  it.each(series)("equals a plain count in each bucket: %s in %s", async (granularity, zone) => {
    for (const [id, measurement] of zone === "UTC" ? measured : measured.slice(0, 1)) {
      const question = askTimeseries(scope(), metric(id), measurement, granularity, zone);
      const points = await answer<PointRow>(clickhouse, question);
      const starts = bucketStarts(range.fromMs, range.toMs, granularity, zone);
      const expected = starts.flatMap((startMs, at) => {
        const bucket = {
          fromMs: Math.max(startMs, range.fromMs),
          toMs: Math.min(starts[at + 1] ?? range.toMs, range.toMs),
        };
        const { value, views } = plainNumbers(viewsIn(records, metric(id), bucket), metric(id), measurement, false);
        return views === 0 ? [] : [{ start_ms: startMs, value, views }];
      });
      expect(points.map(({ start_ms, views }) => [start_ms, views])).toEqual(
        expected.map(({ start_ms, views }) => [start_ms, views]),
      );
      for (const [at, { value }] of expected.entries()) expectNear(points[at]?.value, value, `${starts[at]}`);
    }
  });
});

describe("TIME_ZONES", () => {
  it("are zones of the engine, all of them", async () => {
    const sql = "SELECT time_zone FROM system.time_zones";
    const engine = new Set(
      (await answer<{ time_zone: string }>(clickhouse, { sql, params: {} })).map((row) => row.time_zone),
    );
    expect([...TIME_ZONES].filter((zone) => !engine.has(zone))).toEqual([]);
  });
});

describe("bucketStarts", () => {
  const zones = [
    "Europe/Berlin",
    "America/St_Johns",
    "Pacific/Chatham",
    "America/Havana",
    "Asia/Beirut",
    "Africa/Cairo",
  ];
  it.each(zones)("are the engine's, a year long: %s", async (zone) => {
    const [fromMs, toMs, quarterMs] = [Date.UTC(2026, 0), Date.UTC(2027, 0), 900_000];
    for (const [granularity, start] of [
      ["hour", "toStartOfHour"],
      ["day", "toStartOfDay"],
    ] as const) {
      const moments = "toDateTime({from: UInt32} + number * 900, 'UTC')";
      const sql = `SELECT DISTINCT toFloat64(toUnixTimestamp(${start}(${moments}, {zone: String}))) * 1000 AS at FROM numbers({count: UInt32}) ORDER BY at`;
      const params = { from: fromMs / 1_000, count: (toMs - fromMs) / quarterMs, zone };
      const engine = await answer<{ at: number }>(clickhouse, { sql, params });
      expect(bucketStarts(fromMs, toMs, granularity, zone)).toEqual(engine.map(({ at }) => at));
    }
  });
});

/** Values of a dimension, and the views that have them. */
function groupsOf(views: readonly ViewRecord[], of: (record: ViewRecord) => string): Map<string, ViewRecord[]> {
  return Map.groupBy(views, of);
}

/** By what some dimensions of each kind group. */
const GROUPINGS: readonly (readonly [string, (record: ViewRecord) => string])[] = [
  ["country", ({ country }) => country],
  ["browser_version", ({ browserVersion }) => browserVersion],
  ["playback_failure", ({ playbackFailure }) => String(playbackFailure)],
  ["player_remote_played", ({ playerRemotePlayed }) => String(playerRemotePlayed ?? "")],
  ["asn", ({ asn }) => (asn === 0 ? "" : String(asn))],
  ["video_source_fps", ({ videoSourceFps }) => String(videoSourceFps ?? "")],
  ["video_cdn_trace", ({ cdnTrace }) => (cdnTrace.length === 0 ? "" : `[${cdnTrace.join(",")}]`)],
];
const MEASURED = [
  ["video_startup_time", "median"],
  ["rebuffer_percentage", "avg"],
  ["viewer_experience_score", "avg"],
  ["playing_time", "sum"],
  ["unique_viewers", "count"],
] as const;

describe("askBreakdown", () => {
  // each dimension with two metrics, each metric with several dimensions
  const cases = GROUPINGS.flatMap(([id, of], at) =>
    MEASURED.filter((_, measured) => [0, 1].includes((measured + at) % MEASURED.length)).map(
      ([metricId, measurement]) => [id, metricId, measurement, of] as const,
    ),
  );

  it.each(cases)("equals a plain count of each value: %s of %s (%s)", async (id, metricId, measurement, of) => {
    const options = { limit: 100, offset: 0, orderBy: "negative_impact", direction: "desc" } as const;
    const each = metric(metricId);
    const question = askBreakdown(scope({ weighted: true }), each, measurement, dimension(id), options);
    const rows = await answer<BreakdownRow>(clickhouse, question);
    const views = viewsIn(records, each, range).filter((record) => each.perView(record) !== null);
    const groups = groupsOf(views, of);
    expect(rows.map(({ field }) => field).sort()).toEqual([...groups.keys()].sort());
    const whole = plainNumbers(views, each, measurement, true);
    for (const { field, value, impact, total_row_count, ...row } of rows) {
      const expected = plainNumbers(groups.get(field) ?? [], each, measurement, true);
      expectNear(value, expected.value, `${id} ${field}`, marginOf(measurement, true));
      expectNear(row.views, expected.views, `views of ${field}`);
      expectNear(row.total_watch_time, expected.total_watch_time, `watch time of ${field}`);
      expect(total_row_count).toBe(groups.size);
      const margin = marginOf(measurement, true) * Math.abs(whole.value ?? 0);
      expectNear(
        impact,
        plainImpact(each, measurement, expected, whole),
        `impact of ${field}`,
        Math.max(margin, SUMMED),
      );
    }
    expect(rows.map(({ negative_impact }) => negative_impact)).toEqual(rows.map((_, at) => at + 1));
    expectOrdered(rows.map(({ impact, value }) => impact ?? value));
  });

  it("orders by value, by views and by name, both ways, and pages", async () => {
    const ask = (options: Partial<Parameters<typeof askBreakdown>[4]>) => {
      const all = { limit: 100, offset: 0, orderBy: "field", direction: "asc", ...options } as const;
      return answer<BreakdownRow>(
        clickhouse,
        askBreakdown(scope(), metric("views"), "count", dimension("video_title"), all),
      );
    };
    const byName = await ask({});
    expect(byName.map(({ field }) => field)).toEqual([...byName.map(({ field }) => field)].sort());
    expect((await ask({ direction: "desc" })).map(({ field }) => field)).toEqual(
      byName.map(({ field }) => field).reverse(),
    );
    expectOrdered((await ask({ orderBy: "views", direction: "desc" })).map(({ views }) => views));
    expectOrdered((await ask({ orderBy: "value", direction: "asc" })).map(({ value }) => value).reverse());
    const page = await ask({ limit: 2, offset: 3 });
    expect(page).toEqual(byName.slice(3, 5));
  });

  it("orders numbers by what they are, no value before all", async () => {
    const fields = async (direction: "asc" | "desc") => {
      const options = { limit: 5_000, offset: 0, orderBy: "field", direction } as const;
      const question = askBreakdown(scope(), metric("views"), "count", dimension("video_source_bitrate"), options);
      return (await answer<BreakdownRow>(clickhouse, question)).map(({ field }) => field);
    };
    const up = await fields("asc");
    expect(up[0]).toBe("");
    expect(up.slice(1).map(Number)).toEqual(
      up
        .slice(1)
        .map(Number)
        .sort((one, other) => one - other),
    );
    expect(await fields("desc")).toEqual(up.toReversed());
  });

  it("calls no value the empty text where values are keys too", async () => {
    const options = { limit: 100, offset: 0, orderBy: "views", direction: "desc" } as const;
    const question = askBreakdown(scope(), metric("views"), "count", dimension("custom_2"), options);
    const rows = await answer<BreakdownRow>(clickhouse, question);
    const views = viewsIn(records, metric("views"), range).filter(({ custom2 }) => custom2 === "");
    expect(rows.find(({ field }) => field === "")?.views).toBe(views.length);
  });
});

function expectOrdered(values: readonly (number | null)[]): void {
  const known = values.filter((value) => value !== null);
  expect(known).toEqual([...known].sort((one, other) => other - one));
}

/** data-api.md §2.3, per view where the value is a sum. */
function plainImpact(
  { better }: Metric,
  measurement: Measurement,
  group: { value: number | null; views: number },
  whole: { value: number | null; views: number },
): number | null {
  if (better === null) return null;
  const level = ({ value, views }: typeof group) => (measurement === "sum" ? (value ?? 0) / views : (value ?? 0));
  const worse = ((level(group) - level(whole)) * group.views) / whole.views;
  return better === "higher" ? -worse : worse;
}

describe("askInsights", () => {
  const cases = MEASURED.slice(0, 4).flatMap(([id, measurement]) =>
    (["desc", "asc"] as const).map((direction) => [direction, id, measurement] as const),
  );
  it.each(cases)(
    "finds of many dimensions the values that worsen (desc) or improve (asc) most: %s, %s (%s)",
    async (direction, metricId, measurement) => {
      const sign = direction === "desc" ? 1 : -1;
      const each = metric(metricId);
      const question = askInsights(
        scope(),
        each,
        measurement,
        GROUPINGS.map(([id]) => dimension(id)),
        { limit: 1_000, direction },
      );
      const rows = await answer<InsightRow>(clickhouse, question);
      const views = viewsIn(records, each, range).filter((record) => each.perView(record) !== null);
      const whole = plainNumbers(views, each, measurement, false);
      const expected = GROUPINGS.flatMap(([id, of]) =>
        [...groupsOf(views, of)].map(([field, held]) => {
          const group = plainNumbers(held, each, measurement, false);
          return { dimension: id, field, ...group, impact: plainImpact(each, measurement, group, whole) ?? 0 };
        }),
      ).filter(({ impact }) => sign * impact > 1e-9);
      const found = new Map(rows.map((row) => [`${row.dimension} ${row.field}`, row]));
      expect(expected.length).toBeGreaterThan(10);
      for (const { dimension: id, field, value, impact } of expected) {
        expectNear(found.get(`${id} ${field}`)?.value, value, `${id} ${field}`);
        expectNear(found.get(`${id} ${field}`)?.impact, impact, `impact of ${id} ${field}`);
      }
      expect(rows.filter(({ impact }) => sign * impact > 1e-9)).toHaveLength(expected.length);
      expectOrdered(rows.map(({ impact }) => sign * impact));
    },
  );

  it("tell no outcome of views as the cause of another", async () => {
    const options = { limit: 1_000, direction: "desc" } as const;
    const question = askInsights(scope(), metric("playback_failure_percentage"), "avg", INSIGHT_DIMENSIONS, options);
    const causes = new Set((await answer<InsightRow>(clickhouse, question)).map((row) => row.dimension));
    expect(causes.size).toBeGreaterThan(50);
    for (const outcome of ["playback_failure", "player_error_code", "content_playback_failure", "view_dropped"]) {
      expect(causes).not.toContain(outcome);
    }
  });
});

describe("askComparison", () => {
  const items = [
    ...Object.values(COMPARED_TOTALS),
    ...COMPARED_SCORES.flatMap(({ score, items }) => [score, ...items]),
  ];

  it.each([false, true])("says in one pass what each question says alone, weighted: %s", async (weighted) => {
    const [row] = await answer<ComparisonRow>(clickhouse, askComparison(scope({ weighted })));
    for (const item of items) {
      const each = metric(item.metric);
      const { value } = plainNumbers(viewsIn(records, each, range), each, item.measurement, weighted);
      expectNear(row?.[comparedColumn(item)], value, item.name, marginOf(item.measurement, weighted));
    }
  });

  it("of a slice is about the views that the filters and the slice keep", async () => {
    const is = (id: string, ...values: string[]) =>
      ({ dimension: id, operator: "is", values, negated: false }) as const;
    const list = (record: ViewRecord) => `[${record.cdnTrace.join(",")}]`;
    const [traced = ""] = records.filter(({ cdnTrace }) => cdnTrace.length === 1).map(list);
    const ask = async (filters: Scope["filters"], id: string, value: string) => {
      const question = askComparison(scope({ filters }), { dimension: dimension(id), value });
      const [row] = await answer<ComparisonRow>(clickhouse, question);
      return row?.["views_count"];
    };
    const held = viewsIn(records, metric("views"), range);
    const count = (kept: (record: ViewRecord) => boolean) => held.filter(kept).length;
    expect(await ask([], "video_cdn_trace", traced)).toBe(count((record) => list(record) === traced));
    expect(await ask([is("country", "US", "a")], "country", "a")).toBe(count(({ country }) => country === "a"));
    expect(await ask([is("country", "US")], "country", "a")).toBe(0);
  });
});
