import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askOverall, type OverallRow } from "../../../domain/metrics/ask/ask-overall.ts";
import { inRange, scopeClause } from "../../../domain/metrics/ask/scope-clause.ts";
import { DIMENSIONS, type Dimension } from "../../../domain/metrics/dimensions.ts";
import type { Metric } from "../../../domain/metrics/metric.ts";
import { METRICS, metricById } from "../../../domain/metrics/metrics.ts";
import type { MetricFilter, Scope, ViewFilter } from "../../../domain/metrics/scope.ts";
import type { ViewRecord } from "../../../domain/view/view-record.ts";
import type { TestClickHouse } from "../testing.ts";
import { viewsIn } from "./testing/plain-answers.ts";
import { anyRecord, TIMES } from "./testing/random-records.ts";
import { answer, countRows, environment, insertViews, startViewsTable } from "./testing/views-table.ts";

let clickhouse: TestClickHouse;
const records = fc.sample(anyRecord, { numRuns: 300, seed: 99 });
const views = metricById("views") as Metric;
const ours = viewsIn(records, views, TIMES);

beforeAll(async () => {
  clickhouse = await startViewsTable();
  // two tenants with the same views under the same ids, one of which has one more
  for (const [environmentId, held] of [
    [1, records],
    [2, [...records, { ...(ours[0] as ViewRecord), country: "ZZ" }]],
  ] as const) {
    const rows = held.map((record, at) => ({
      environmentId,
      viewId: `view ${at}`,
      firstSeenMs: record.viewStartMs,
      version: 1,
      record,
    }));
    await insertViews(clickhouse, rows);
  }
});
afterAll(() => clickhouse.stop());

function scopeOf(filters: readonly ViewFilter[], metricFilters: readonly MetricFilter[] = [], id = 1): Scope {
  const rest = { weighted: false, includeBots: false };
  return { environmentId: environment(id), ...TIMES, filters, metricFilters, ...rest };
}

/** How many views a question is about. */
async function count(...scope: Parameters<typeof scopeOf>): Promise<number> {
  const [row] = await answer<OverallRow>(clickhouse, askOverall(scopeOf(...scope), views, "count"));
  return row?.value ?? Number.NaN;
}

/** The same of many questions at once, by their conditions alone. */
function counts(scopes: readonly Scope[]): Promise<number[]> {
  return countRows(
    clickhouse,
    scopes.map((scope) => scopeClause(scope, inRange("view_start"))),
  );
}

const is = (dimension: string, ...values: string[]): ViewFilter => ({
  dimension,
  operator: "is",
  values,
  negated: false,
});
const not = (filter: ViewFilter): ViewFilter => ({ ...filter, negated: true });

/** Keeps by any dimension: what is one of the values, or a list that holds one. */
const keep = ({ id, type }: Dimension, ...values: string[]): ViewFilter => ({
  ...is(id, ...values),
  operator: type === "sequence" ? "contains" : "is",
});

/** The values of a view in a dimension: those in a list, one else. */
function valuesOf(record: ViewRecord, { id, key }: Dimension): string[] {
  if (id === "asn") return [record.asn === 0 ? "" : String(record.asn)];
  const value = record[key];
  if (Array.isArray(value)) return value.map(String);
  return [value === null ? "" : String(value)];
}

describe("a filter", () => {
  it("keeps or drops exactly the views with the value, by every dimension", async () => {
    const cases = DIMENSIONS.flatMap((dimension) => {
      const known = [...new Set(ours.flatMap((record) => valuesOf(record, dimension)))].slice(0, 2);
      return [known.slice(0, 1), known, ["", "no such value"]].map((values) => {
        const kept = ours.filter((record) => valuesOf(record, dimension).some((value) => values.includes(value)));
        return { dimension, values, kept: kept.length };
      });
    });
    const kept = await counts(cases.map(({ dimension, values }) => scopeOf([keep(dimension, ...values)])));
    const dropped = await counts(cases.map(({ dimension, values }) => scopeOf([not(keep(dimension, ...values))])));
    expect(cases.map((each, at) => ({ ...each, kept: kept[at] }))).toEqual(cases);
    expect(cases.map((each, at) => ({ ...each, kept: ours.length - (dropped[at] ?? 0) }))).toEqual(cases);
  });

  it("of a list keeps what holds one of the elements, or is exactly the list", async () => {
    const trace = (operator: "contains" | "equals_list", ...values: string[]): ViewFilter => ({
      dimension: "video_cdn_trace",
      operator,
      values,
      negated: false,
    });
    const holding = ours.filter(({ cdnTrace }) => cdnTrace.includes("a"));
    expect(await count([trace("contains", "a")])).toBe(holding.length);
    expect(await count([not(trace("contains", "a"))])).toBe(ours.length - holding.length);
    const both = ours.filter(({ cdnTrace }) => cdnTrace.includes("a") || cdnTrace.includes("b"));
    expect(await count([trace("contains", "a", "b")])).toBe(both.length);
    for (const list of [
      [],
      ["a"],
      ...ours
        .map(({ cdnTrace }) => cdnTrace)
        .filter(({ length }) => length > 1)
        .slice(0, 3),
    ]) {
      const same = ours.filter(({ cdnTrace }) => JSON.stringify(cdnTrace) === JSON.stringify(list));
      expect([list, await count([trace("equals_list", ...list)])]).toEqual([list, same.length]);
    }
  });

  it("takes what keeps by one dimension as alternatives, and wants all else at once", async () => {
    const wanted = ours.filter(
      ({ country, browser, playbackFailure }) =>
        ["US", "a"].includes(country) && browser !== "b" && browser !== "" && playbackFailure,
    );
    const filters = [
      is("country", "US"),
      is("country", "a"),
      not(is("browser", "b")),
      not(is("browser", "")),
      is("playback_failure", "true"),
    ];
    expect(await count(filters)).toBe(wanted.length);
    expect(wanted.length).toBeGreaterThan(5);
  });

  it("of numbers takes their own spelling only", async () => {
    expect(await count([is("video_source_height", "1 OR 1=1", "01", "1e0", "-1", "NaN", "1.0", "Infinity")])).toBe(0);
    expect(await count([is("asn", "0")])).toBe(0);
    const asked = ours.filter(({ videoSourceFps }) => videoSourceFps === 29.97);
    expect(await count([is("video_source_fps", "29.97")])).toBe(asked.length);
    expect(asked.length).toBeGreaterThan(5);
  });

  it("is no alternative to a slice: both have to keep a view", async () => {
    const sliced = (filter: ViewFilter, slice: ViewFilter) =>
      scopeClause(scopeOf([filter]), inRange("view_start"), [slice]);
    const [both, neither] = await countRows(clickhouse, [
      sliced(is("country", "US", "a"), is("country", "a", "b")),
      sliced(is("country", "US"), is("country", "a")),
    ]);
    expect(both).toBe(ours.filter(({ country }) => country === "a").length);
    expect(both).toBeGreaterThan(5);
    expect(neither).toBe(0);
  });

  it("that keeps nothing keeps nothing", async () => {
    expect(await count([is("country")])).toBe(0);
    expect(await count([not(is("country"))])).toBe(ours.length);
  });

  it("of an unknown dimension or metric is a mistake of the caller", async () => {
    await expect(count([is("environment_id", "2")])).rejects.toThrow(RangeError);
    await expect(count([is("country) OR (1=1", "2")])).rejects.toThrow(RangeError);
    await expect(count([], [{ metric: "1 OR 1", operator: "=", value: 1 }])).rejects.toThrow(RangeError);
    for (const operator of ["contains", "equals_list"] as const) {
      await expect(count([{ ...is("country", "US"), operator }])).rejects.toThrow(RangeError); // is no list
    }
  });
});

const COMPARE = {
  ">=": (value: number, pivot: number) => value >= pivot,
  "<=": (value: number, pivot: number) => value <= pivot,
  ">": (value: number, pivot: number) => value > pivot,
  "<": (value: number, pivot: number) => value < pivot,
  "=": (value: number, pivot: number) => value === pivot,
};

describe("a metric filter", () => {
  it("compares the views' own values, of every metric that may filter", async () => {
    const cases = METRICS.filter(({ filterable }) => filterable).flatMap(({ id: metric, perView }) => {
      const values = ours.map(perView).filter((value) => value !== null);
      const value = values.sort((one, other) => one - other)[Math.floor(values.length / 2)] as number;
      return ([">=", "<=", ">", "<", "="] as const).map((operator) => {
        const kept = values.filter((each) => COMPARE[operator](each, value)).length;
        return { metric, operator, value, kept };
      });
    });
    const kept = await counts(cases.map(({ kept: _, ...filter }) => scopeOf([], [filter])));
    expect(cases.map((each, at) => ({ ...each, kept: kept[at] }))).toEqual(cases);
  });
});

describe("tenants", () => {
  it("never see each other's views, whatever a filter says", async () => {
    expect(await count([])).toBe(ours.length);
    expect(await count([], [], 2)).toBe(ours.length + 1);
    expect(await count([], [], 3)).toBe(0);
    expect(await count([is("country", "ZZ")])).toBe(0);
    expect(await count([is("country", "ZZ")], [], 2)).toBe(1);
  });

  const attacks = [
    "' OR environment_id = 2 --",
    "US') OR (1 = 1",
    "{environmentId: UInt32}",
    "constructor",
    "\\'; DROP TABLE views; --",
    "a\u0000b",
    "\n\nSELECT * FROM views",
    "'] OR 1=1 OR ['",
    "x".repeat(10_000),
  ];
  it.each(attacks)("are not reached through a value: %j", async (attack) => {
    const trace = is("video_cdn_trace", attack);
    const filters = [
      ...["country", "video_title", "viewer_user_id", "playback_failure", "asn"].map((id) => is(id, attack)),
      is("video_source_fps", attack),
      { ...trace, operator: "contains" } as const,
      { ...trace, operator: "equals_list" } as const,
    ];
    expect(await counts(filters.map((filter) => scopeOf([filter])))).toEqual(filters.map(() => 0));
    expect(await counts(filters.map((filter) => scopeOf([not(filter)])))).toEqual(filters.map(() => ours.length));
    expect(await count(filters)).toBe(0);
  });
});
