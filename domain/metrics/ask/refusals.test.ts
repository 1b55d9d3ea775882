import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../identifiers.ts";
import { type Dimension, dimensionById } from "../dimensions.ts";
import type { Metric } from "../metric.ts";
import { METRICS, metricById } from "../metrics.ts";
import type { Scope, ViewFilter } from "../scope.ts";
import { type SubviewAttribute, subviewAttribute } from "../subview.ts";
import { askBreakdown } from "./ask-breakdown.ts";
import { askComparison } from "./ask-comparison.ts";
import { askDimensionValues, askElements } from "./ask-dimension-values.ts";
import { askEventPage } from "./ask-event-page.ts";
import { askInsights } from "./ask-insights.ts";
import { askOverall } from "./ask-overall.ts";
import {
  askSubviewBreakdown,
  askSubviewComparison,
  askSubviewOverall,
  askSubviewTimeseries,
  askSubviewValues,
} from "./ask-subviews.ts";
import { askTimeseries } from "./ask-timeseries.ts";
import { askViews } from "./ask-views.ts";
import type { SubviewScope } from "./subview-rows.ts";

const environmentId = 7 as EnvironmentId;
const scope: Scope = {
  ...{ environmentId, fromMs: 0, toMs: 86_400_000, filters: [], metricFilters: [] },
  ...{ weighted: false, includeBots: false },
};
const parts: SubviewScope = { views: scope, type: "rendition", filters: [] };
const metric = (id: string) => metricById(id) as Metric;
const dimension = (id: string) => dimensionById(id) as Dimension;
const height = subviewAttribute("rendition", "video_source_height") as SubviewAttribute;
const startup = metric("video_startup_time");
const country = dimension("country");
const trace = dimension("video_cdn_trace");
const order = { orderBy: "views", direction: "desc", search: "" } as const;
const page = { limit: 1, offset: 0, ...order };
const byTime = { ...page, orderBy: "playing_time" } as const;

describe("a filter", () => {
  const filter = (more: Partial<ViewFilter>): ViewFilter => {
    return { dimension: "country", operator: "is", values: ["a"], negated: false, ...more };
  };
  const ask = (more: Partial<ViewFilter>) => () => askOverall({ ...scope, filters: [filter(more)] }, startup, "avg");

  it("of a list needs a list's operator, and no other dimension may have one", () => {
    expect(ask({ dimension: "video_cdn_trace" })).toThrow(RangeError);
    for (const operator of ["contains", "equals_list"] as const) {
      expect(ask({ dimension: "video_cdn_trace", operator })).not.toThrow();
      expect(ask({ operator })).toThrow(RangeError);
    }
  });

  it("of parts of views knows no lists: they have none", () => {
    const of = (operator: ViewFilter["operator"]) => () =>
      askSubviewOverall({ ...parts, filters: [filter({ dimension: height.id, operator })] });
    expect(of("is")).not.toThrow();
    expect(of("contains")).toThrow(RangeError);
    expect(of("equals_list")).toThrow(RangeError);
  });

  it("by a metric is there exactly for the metrics that may filter, with a number", () => {
    const by = (id: string, value: number) => () =>
      askOverall({ ...scope, metricFilters: [{ metric: id, operator: ">", value }] }, startup, "avg");
    for (const { id, filterable } of METRICS) {
      if (filterable) expect(by(id, 1)).not.toThrow();
      else expect(by(id, 1)).toThrow(RangeError);
    }
    expect(by("rebuffer_count", Number.NaN)).toThrow(RangeError);
    expect(by("rebuffer_count", Number.POSITIVE_INFINITY)).toThrow(RangeError);
  });
});

describe("a dimension that only filters", () => {
  const city = dimension("city");

  it("breaks nothing down and has no insights, but its values can be asked", () => {
    expect(() => askBreakdown(scope, startup, "avg", city, page)).toThrow(RangeError);
    expect(() => askInsights(scope, startup, "avg", [country, city], page)).toThrow(RangeError);
    expect(() => askDimensionValues(scope, city, page)).not.toThrow();
  });
});

describe("insights", () => {
  it("are there for the metrics of which one direction is better", () => {
    for (const each of METRICS) {
      const ask = () => askInsights(scope, each, each.defaultMeasurement, [country], page);
      if (each.better === null) expect(ask).toThrow(RangeError);
      else expect(ask).not.toThrow();
    }
  });
});

describe("a comparison", () => {
  it("takes the values of lists as the API spells them", () => {
    expect(() => askComparison(scope, { dimension: trace, value: "[a,b]" })).not.toThrow();
    expect(() => askComparison(scope, { dimension: trace, value: "a" })).toThrow(RangeError);
    expect(() => askSubviewComparison(parts, [height], trace, ["[a,b]", "a"], 3)).toThrow(RangeError);
  });
});

describe("a page", () => {
  const paged: readonly (readonly [string, (page: { limit: number; offset: number }) => unknown])[] = [
    ["a breakdown", (at) => askBreakdown(scope, startup, "avg", country, { ...page, ...at })],
    ["values", (at) => askDimensionValues(scope, country, { ...page, ...at })],
    ["elements", (at) => askElements(scope, trace, { ...page, ...at })],
    ["views", (at) => askViews(scope, { ...page, ...at, errorTypeId: null })],
    ["parts", (at) => askSubviewBreakdown(parts, [height], at)],
    ["values of parts", (at) => askSubviewValues(parts, height, { ...byTime, ...at })],
  ];

  it.each(paged)("of %s is asked in numbers that the engine has", (_, ask) => {
    expect(() => ask({ limit: 1, offset: 0 })).not.toThrow();
    expect(() => ask({ limit: 2 ** 32 - 1, offset: 2 ** 32 - 1 })).not.toThrow();
    for (const wrong of [-1, 2 ** 32, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => ask({ limit: wrong, offset: 0 }), `limit ${wrong}`).toThrow(RangeError);
      expect(() => ask({ limit: 1, offset: wrong }), `offset ${wrong}`).toThrow(RangeError);
    }
    expect(() => ask({ limit: 0, offset: 0 })).toThrow(RangeError);
  });

  const limited: readonly (readonly [string, (number: number) => unknown])[] = [
    ["insights", (limit) => askInsights(scope, startup, "avg", [country], { limit, direction: "desc" })],
    ["parts compared", (limit) => askSubviewComparison(parts, [height], country, ["US"], limit)],
    ["parts over time", (limit) => askSubviewTimeseries(parts, [height], "hour", limit)],
    ["an error", (errorTypeId) => askViews(scope, { ...page, errorTypeId })],
    ["events", (limit) => askEventPage({ environmentId, viewId: "v", firstSeenMs: 5 }, { afterSequence: null, limit })],
    [
      "events after one",
      (afterSequence) => askEventPage({ environmentId, viewId: "v", firstSeenMs: 5 }, { afterSequence, limit: 1 }),
    ],
  ];

  it.each(limited)("and so is the number of %s", (_, ask) => {
    expect(() => ask(7)).not.toThrow();
    for (const wrong of [-1, 2 ** 32, 0.5, Number.NaN]) expect(() => ask(wrong), `${wrong}`).toThrow(RangeError);
  });
});

describe("a range", () => {
  it("is of whole milliseconds", () => {
    for (const wrong of [0.5, Number.NaN, 2 ** 60, Number.POSITIVE_INFINITY]) {
      expect(() => askOverall({ ...scope, toMs: wrong }, startup, "avg"), `${wrong}`).toThrow(RangeError);
    }
  });

  it("of a series has a zone of the list, and no more buckets than an answer may hold", () => {
    expect(() => askTimeseries(scope, startup, "avg", "day", "europe/berlin")).toThrow(RangeError);
    expect(() => askSubviewTimeseries(parts, [height], "day", 3, "+05:30")).toThrow(RangeError);
    const year = { ...scope, toMs: 365 * 86_400_000 };
    expect(() => askTimeseries(year, startup, "avg", "minute")).toThrow(RangeError);
    expect(() => askTimeseries(year, startup, "avg", "hour")).not.toThrow();
    const century = { ...scope, toMs: 100 * 365 * 86_400_000 };
    expect(() => askSubviewTimeseries({ ...parts, views: century }, [height], "hour", 3)).toThrow(RangeError);
  });
});
