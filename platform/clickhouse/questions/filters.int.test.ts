import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askOverall, type OverallRow } from "../../../domain/metrics/ask/ask-overall.ts";
import { DIMENSIONS } from "../../../domain/metrics/dimensions.ts";
import type { Metric } from "../../../domain/metrics/metric.ts";
import { METRICS, metricById } from "../../../domain/metrics/metrics.ts";
import type { MetricFilter, Scope, ViewFilter } from "../../../domain/metrics/scope.ts";
import type { ViewRecord } from "../../../domain/view/view-record.ts";
import type { TestClickHouse } from "../testing.ts";
import { viewsIn } from "./testing/plain-answers.ts";
import { anyRecord, TIMES } from "./testing/random-records.ts";
import { answer, environment, insertViews, startViewsTable } from "./testing/views-table.ts";

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

async function count(
  filters: readonly ViewFilter[],
  metricFilters: readonly MetricFilter[] = [],
  id = 1,
): Promise<number> {
  const scope: Scope = {
    environmentId: environment(id),
    ...TIMES,
    filters,
    metricFilters,
    weighted: false,
    includeBots: false,
  };
  const [row] = await answer<OverallRow>(clickhouse, askOverall(scope, views, "count"));
  return row?.value ?? Number.NaN;
}

const is = (dimension: string, ...values: string[]): ViewFilter => ({
  dimension,
  operator: "is",
  values,
  negated: false,
});
const not = (filter: ViewFilter): ViewFilter => ({ ...filter, negated: true });

/** The values of a view in a dimension: several for a list, one else. */
function valuesOf(record: ViewRecord, { id, key }: (typeof DIMENSIONS)[number]): string[] {
  if (id === "asn") return [record.asn === 0 ? "" : String(record.asn)];
  const value = record[key];
  if (Array.isArray(value)) return value.length === 0 ? [""] : value.map(String);
  return [value === null ? "" : String(value)];
}

describe("a filter", () => {
  it.each(DIMENSIONS.map((dimension) => [dimension.id, dimension] as const))(
    "keeps or drops exactly the views with the value: %s",
    async (id, dimension) => {
      const known = [...new Set(ours.flatMap((record) => valuesOf(record, dimension)))].slice(0, 2);
      for (const values of [known.slice(0, 1), known, ["", "no such value"]]) {
        const kept = ours.filter((record) => valuesOf(record, dimension).some((value) => values.includes(value)));
        const expected = kept.length;
        expect([values, await count([is(id, ...values)])]).toEqual([values, expected]);
        expect([values, await count([not(is(id, ...values))])]).toEqual([values, ours.length - expected]);
      }
    },
  );

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

  it("that keeps nothing keeps nothing", async () => {
    expect(await count([is("country")])).toBe(0);
    expect(await count([not(is("country"))])).toBe(ours.length);
  });

  it("of an unknown dimension or metric is a mistake of the caller", async () => {
    await expect(count([is("environment_id", "2")])).rejects.toThrow(RangeError);
    await expect(count([is("country) OR (1=1", "2")])).rejects.toThrow(RangeError);
    await expect(count([], [{ metric: "1 OR 1", operator: "=", value: 1 }])).rejects.toThrow(RangeError);
  });
});

describe("a metric filter", () => {
  it.each(METRICS.filter(({ filterable }) => filterable).map((metric) => [metric.id, metric] as const))(
    "compares the views' own values: %s",
    async (id, metric) => {
      const values = ours.map(metric.perView).filter((value) => value !== null);
      const pivot = values.sort((one, other) => one - other)[Math.floor(values.length / 2)] as number;
      const compare = {
        ">=": (v: number) => v >= pivot,
        "<=": (v: number) => v <= pivot,
        ">": (v: number) => v > pivot,
        "<": (v: number) => v < pivot,
        "=": (v: number) => v === pivot,
      };
      for (const operator of [">=", "<=", ">", "<", "="] as const) {
        const expected = values.filter(compare[operator]).length;
        expect([operator, await count([], [{ metric: id, operator, value: pivot }])]).toEqual([operator, expected]);
      }
    },
  );
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
    for (const dimension of [
      "country",
      "video_title",
      "viewer_user_id",
      "video_cdn_trace",
      "playback_failure",
      "asn",
      "video_source_fps",
    ]) {
      for (const operator of ["is", "contains"] as const) {
        const filter = { dimension, operator, values: [attack], negated: false };
        expect(await count([filter])).toBe(0);
        expect(await count([not(filter)])).toBe(ours.length);
      }
    }
    const list = { dimension: "video_cdn_trace", operator: "equals_list", values: [attack], negated: false } as const;
    expect(await count([list])).toBe(0);
  });
});
