import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  askSubviewBreakdown,
  askSubviewComparison,
  askSubviewOverall,
  askSubviewTimeseries,
  askSubviewValues,
  type SubviewRow,
} from "../../../domain/metrics/ask/ask-subviews.ts";
import type { SubviewScope } from "../../../domain/metrics/ask/subview-rows.ts";
import { type Dimension, dimensionById } from "../../../domain/metrics/dimensions.ts";
import type { Metric } from "../../../domain/metrics/metric.ts";
import { metricById } from "../../../domain/metrics/metrics.ts";
import { SUBVIEWS, type SubviewAttribute, subviewAttribute } from "../../../domain/metrics/subview.ts";
import { subviewSeries } from "../../../domain/metrics/subview-series.ts";
import type { RenditionSpan, ViewRecord } from "../../../domain/view/view-record.ts";
import type { TestClickHouse } from "../testing.ts";
import { viewsIn, weightOf } from "./testing/plain-answers.ts";
import { anyRecord, TIMES } from "./testing/random-records.ts";
import { answer, environment, insertViews, startViewsTable } from "./testing/views-table.ts";

let clickhouse: TestClickHouse;
const records = fc.sample(anyRecord, { numRuns: 300, seed: 6 });
const views = viewsIn(records, metricById("playing_time") as Metric, TIMES);

beforeAll(async () => {
  clickhouse = await startViewsTable();
  for (const environmentId of [4, 9]) {
    const rows = records.map((record, at) => {
      return { environmentId, viewId: `view ${at}`, firstSeenMs: record.viewStartMs, version: 1, record };
    });
    await insertViews(clickhouse, rows);
  }
});
afterAll(() => clickhouse.stop());

function scope(type: SubviewScope["type"], more: Partial<SubviewScope> = {}, weighted = false): SubviewScope {
  const all = { filters: [], metricFilters: [], includeBots: false };
  return { views: { environmentId: environment(4), ...TIMES, ...all, weighted }, type, filters: [], ...more };
}

const height = subviewAttribute("rendition", "video_source_height") as SubviewAttribute;
const codec = subviewAttribute("rendition", "video_source_codec") as SubviewAttribute;
const text = (number: number) => (number === 0 ? "" : String(number));

/** Playing time of the renditions of some views by something of them. */
function summed(
  held: readonly ViewRecord[],
  of: (span: RenditionSpan) => string,
  keep = (_: RenditionSpan) => true,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const span of held.flatMap(({ renditions }) => renditions).filter(keep)) {
    sums.set(of(span), (sums.get(of(span)) ?? 0) + span.playingMs);
  }
  return sums;
}

interface Row extends SubviewRow {
  dimension_value: string;
  start_ms: number;
  total_row_count: number;
  value: string;
  playing_time: number;
}

const asked = (question: Parameters<typeof answer>[1]) => answer<Row>(clickhouse, question);

describe("questions of parts of views", () => {
  it("add up the playing time of all parts", async () => {
    const [row] = await asked(askSubviewOverall(scope("rendition")));
    expect(row?.metric_value).toBe([...summed(views, () => "").values()][0]);
    const modes = views.flatMap(({ playbackModes }) => playbackModes);
    const [modesRow] = await asked(askSubviewOverall(scope("playback_mode")));
    expect(modesRow?.metric_value).toBe(modes.reduce((sum, { playingMs }) => sum + playingMs, 0));
  });

  it("weigh parts as their views", async () => {
    const expected = views.reduce(
      (sum, record) =>
        sum + record.renditions.reduce((all, { playingMs }) => all + playingMs, 0) * weightOf(record, true),
      0,
    );
    const [row] = await asked(askSubviewOverall(scope("rendition", {}, true)));
    expect(row?.metric_value).toBeCloseTo(expected, 3);
  });

  it("break it down by one or several attributes, longest first", async () => {
    const rows = await asked(askSubviewBreakdown(scope("rendition"), [height, codec], { limit: 100, offset: 0 }));
    const expected = summed(views, ({ heightPx, codec: name }) => JSON.stringify([text(heightPx), name]));
    expect(
      new Map(rows.map(({ breakdown_values, metric_value }) => [JSON.stringify(breakdown_values), metric_value])),
    ).toEqual(expected);
    expect(rows.map(({ metric_value }) => metric_value)).toEqual(
      [...expected.values()].sort((one, other) => other - one),
    );
    expect(rows[0]?.total_row_count).toBe(expected.size);
    expect(await asked(askSubviewBreakdown(scope("rendition"), [height, codec], { limit: 2, offset: 1 }))).toEqual(
      rows.slice(1, 3),
    );
  });

  it("break it down by everything a player told of a rendition", async () => {
    const rows = await asked(
      askSubviewBreakdown(scope("rendition"), SUBVIEWS.rendition.attributes, { limit: 1_000, offset: 0 }),
    );
    const expected = summed(views, ({ bitrate, widthPx, heightPx, fps, codec: name, name: rendition }) =>
      JSON.stringify([text(bitrate), text(widthPx), text(heightPx), text(fps), name, rendition]),
    );
    expect(
      new Map(rows.map(({ breakdown_values, metric_value }) => [JSON.stringify(breakdown_values), metric_value])),
    ).toEqual(expected);
  });

  it("filter by views and by parts", async () => {
    const filters = [
      { dimension: "video_source_height", operator: "is", values: ["720", ""], negated: false },
      { dimension: "video_source_codec", operator: "is", values: ["a"], negated: true },
    ] as const;
    const country = { dimension: "country", operator: "is", values: ["US", "a", ""], negated: false } as const;
    const base = scope("rendition", { filters });
    const rows = await asked(
      askSubviewBreakdown({ ...base, views: { ...base.views, filters: [country] } }, [height], { limit: 9, offset: 0 }),
    );
    const held = views.filter((record) => ["US", "a", ""].includes(record.country));
    const expected = summed(
      held,
      ({ heightPx }) => text(heightPx),
      ({ heightPx, codec: name }) => heightPx !== 480 && name !== "a",
    );
    expect(new Map(rows.map(({ breakdown_values, metric_value }) => [breakdown_values.join(), metric_value]))).toEqual(
      expected,
    );
    const unknown = { ...filters[0], dimension: "country" };
    expect(() => askSubviewOverall(scope("rendition", { filters: [unknown] }))).toThrow(RangeError);
  });

  it("take filters of the same attribute as alternatives", async () => {
    const is = (value: string) => {
      return { dimension: "video_source_height", operator: "is", values: [value], negated: false } as const;
    };
    const either = scope("rendition", { filters: [is("720"), is("480")] });
    const expected = summed(
      views,
      () => "",
      ({ heightPx }) => heightPx !== 0,
    ).get("");
    expect((await asked(askSubviewOverall(either)))[0]?.metric_value).toBe(expected);
    const both = scope("rendition", { filters: [is("720"), { ...is("720"), negated: true }] });
    expect((await asked(askSubviewOverall(both)))[0]?.metric_value).toBe(0);
  });

  it("compare lists that are exactly so", async () => {
    const trace = dimensionById("video_cdn_trace") as Dimension;
    const found = views.find(({ cdnTrace, renditions }) => cdnTrace.length === 2 && renditions.length > 0);
    const list = `[${found?.cdnTrace.join(",")}]`;
    const rows = await asked(askSubviewComparison(scope("rendition"), [codec], trace, [list, "[]"], 1_000));
    for (const [value, cdnTrace] of [
      [list, found?.cdnTrace],
      ["", []],
    ] as const) {
      const held = views.filter((record) => JSON.stringify(record.cdnTrace) === JSON.stringify(cdnTrace));
      const expected = summed(held, ({ codec: name }) => name);
      const compared = rows.filter(({ dimension_value }) => dimension_value === value);
      expect(new Map(compared.map((row) => [row.breakdown_values.join(), row.metric_value]))).toEqual(expected);
      expect(expected.size).toBeGreaterThan(0);
    }
    expect(new Set(rows.map(({ dimension_value }) => dimension_value))).toEqual(new Set([list, ""]));
  });

  it("compare only views that the filters keep", async () => {
    const country = dimensionById("country") as Dimension;
    const base = scope("rendition");
    const us = { dimension: "country", operator: "is", values: ["US"], negated: false } as const;
    const kept = { ...base, views: { ...base.views, filters: [us] } };
    const rows = await asked(askSubviewComparison(kept, [height], country, ["US", "b"], 9));
    expect(new Set(rows.map(({ dimension_value }) => dimension_value))).toEqual(new Set(["US"]));
  });

  it("compare values of a dimension", async () => {
    const country = dimensionById("country") as Dimension;
    const rows = await asked(askSubviewComparison(scope("rendition"), [height], country, ["US", "b"], 2));
    for (const value of ["US", "b"]) {
      const longest = [
        ...summed(
          views.filter((record) => record.country === value),
          ({ heightPx }) => text(heightPx),
        ),
      ]
        .sort(([, one], [, other]) => other - one)
        .slice(0, 2);
      const found = rows.filter(({ dimension_value }) => dimension_value === value);
      expect(found.map(({ breakdown_values, metric_value }) => [breakdown_values.join(), metric_value])).toEqual(
        longest,
      );
    }
    expect(rows).toHaveLength(4);
  });

  it("compare parts by what they are themselves, of those that the filters keep", async () => {
    const is = { dimension: "video_source_height", operator: "is", values: ["720"], negated: true } as const;
    const rows = await asked(askSubviewComparison(scope("rendition"), [codec], height, ["720", ""], 99));
    for (const value of ["720", ""]) {
      const expected = summed(
        views,
        ({ codec: name }) => name,
        ({ heightPx }) => text(heightPx) === value,
      );
      const found = rows.filter(({ dimension_value }) => dimension_value === value);
      expect(new Map(found.map((row) => [row.breakdown_values.join(), row.metric_value]))).toEqual(expected);
      expect(expected.size).toBeGreaterThan(0);
    }
    const kept = scope("rendition", { filters: [is] });
    const others = await asked(askSubviewComparison(kept, [codec], height, ["720", "480"], 99));
    expect(new Set(others.map(({ dimension_value }) => dimension_value))).toEqual(new Set(["480"]));
  });

  it("follow the longest few over time", async () => {
    const rows = await asked(askSubviewTimeseries(scope("rendition"), [height], "day", 2));
    const longest = [...summed(views, ({ heightPx }) => text(heightPx))]
      .sort(([, one], [, other]) => other - one)
      .slice(0, 2);
    const dayMs = 86_400_000;
    const days = Map.groupBy(views, ({ viewStartMs }) => Math.floor(viewStartMs / dayMs) * dayMs);
    const expected = [...days]
      .sort(([one], [other]) => one - other)
      .flatMap(([startMs, held]) => {
        const sums = summed(held, ({ heightPx }) => text(heightPx));
        return longest.map(([value]) => [startMs, value, sums.get(value)]);
      });
    expect(
      rows.map(({ start_ms, breakdown_values, metric_value }) => [start_ms, breakdown_values.join(), metric_value]),
    ).toEqual(expected);
  });

  it("make a series of every bucket, complete where nothing can change any more", async () => {
    const day = {
      fromMs: TIMES.fromMs + 86_400_000,
      toMs: TIMES.toMs,
      granularity: "hour",
      timeZone: "Asia/Kolkata",
    } as const;
    const base = scope("rendition");
    const question = askSubviewTimeseries(
      { ...base, views: { ...base.views, fromMs: day.fromMs } },
      [height],
      "hour",
      3,
      day.timeZone,
    );
    const series = subviewSeries(await asked(question), day, TIMES.toMs);
    expect(series.buckets).toHaveLength(49); // 48 hours that begin at half past
    const all = series.buckets.flatMap(({ values }) => values.map(({ metric_value }) => metric_value));
    const started = views.filter(({ viewStartMs }) => viewStartMs >= day.fromMs);
    expect(all.reduce((sum, ms) => sum + ms, 0)).toBe(summed(started, () => "").get(""));
    const complete = series.buckets.filter(({ status }) => status === "complete");
    const endMs = (complete.at(-1)?.startMs ?? 0) + 3_600_000;
    expect(series.completeThroughMs).toBeGreaterThanOrEqual(endMs);
    expect(series.completeThroughMs).toBeLessThan(endMs + 3_600_000);
  });

  it("list numbers by what they are, no value first", async () => {
    const bitrate = subviewAttribute("rendition", "video_source_bitrate") as SubviewAttribute;
    const asn = dimensionById("asn") as Dimension;
    const options = { limit: 100, offset: 0, search: "", orderBy: "value" } as const;
    for (const by of [bitrate, asn]) {
      const up = (await asked(askSubviewValues(scope("rendition"), by, { ...options, direction: "asc" }))).map(
        ({ value }) => value,
      );
      expect(up[0]).toBe("");
      expect(up.map(Number)).toEqual(up.map(Number).sort((one, other) => one - other));
      const down = await asked(askSubviewValues(scope("rendition"), by, { ...options, direction: "desc" }));
      expect(down.map(({ value }) => value)).toEqual(up.reverse());
    }
    const names = await asked(askSubviewValues(scope("rendition"), bitrate, { ...options, direction: "asc" }));
    expect(names.map(({ value }) => value)).toEqual(["", "500000", "2600000"]);
  });

  it("name the values of attributes and of dimensions", async () => {
    const options = { limit: 100, offset: 0, search: "", orderBy: "playing_time", direction: "desc" } as const;
    const heights = await asked(askSubviewValues(scope("rendition"), height, options));
    expect(new Map(heights.map(({ value, playing_time }) => [value, playing_time]))).toEqual(
      summed(views, ({ heightPx }) => text(heightPx)),
    );
    const found = { ...options, search: "2", orderBy: "value", direction: "asc" } as const;
    expect((await asked(askSubviewValues(scope("rendition"), height, found))).map(({ value }) => value)).toEqual([
      "720",
    ]);
    const countries = await asked(askSubviewValues(scope("rendition"), dimensionById("country") as Dimension, options));
    const expected = [...Map.groupBy(views, ({ country }) => country)].map(([country, held]): [string, number] => [
      country,
      [...summed(held, () => "").values()][0] ?? 0,
    ]);
    expect(new Map(countries.map(({ value, playing_time }) => [value, playing_time]))).toEqual(new Map(expected));
  });
});
