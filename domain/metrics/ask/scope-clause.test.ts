import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../identifiers.ts";
import type { Question } from "../../monitoring/queries.ts";
import { DIMENSIONS, type Dimension, dimensionById } from "../dimensions.ts";
import type { Metric } from "../metric.ts";
import { METRICS, metricById } from "../metrics.ts";
import type { Scope } from "../scope.ts";
import { type SubviewAttribute, subviewAttribute } from "../subview.ts";
import { askBreakdown } from "./ask-breakdown.ts";
import { askComparison } from "./ask-comparison.ts";
import { askDimensionValues, askElements } from "./ask-dimension-values.ts";
import { askErrors } from "./ask-errors.ts";
import { askEventPage } from "./ask-event-page.ts";
import { askEvents } from "./ask-events.ts";
import { askInsights } from "./ask-insights.ts";
import { askLabels } from "./ask-labels.ts";
import { askFirstSeen, askLiveFacts, askOpenViews } from "./ask-open-views.ts";
import { askOverall } from "./ask-overall.ts";
import {
  askSubviewBreakdown,
  askSubviewComparison,
  askSubviewOverall,
  askSubviewTimeseries,
  askSubviewValues,
} from "./ask-subviews.ts";
import { askTimeseries } from "./ask-timeseries.ts";
import { askView } from "./ask-view.ts";
import { askViews } from "./ask-views.ts";
import type { EventScope } from "./event-rows.ts";
import type { SubviewScope } from "./subview-rows.ts";

const environmentId = 77 as EnvironmentId;
const HOSTILE = "'; DROP TABLE views; --";
const filters = DIMENSIONS.map(({ id: dimension, type }) => {
  return { dimension, operator: type === "sequence" ? "contains" : "is", values: [HOSTILE], negated: false } as const;
});
const metricFilters = [{ metric: "rebuffer_count", operator: ">=", value: 123_456 }] as const;
const scope: Scope = { environmentId, fromMs: 1, toMs: 2, filters, metricFilters, weighted: true, includeBots: false };

const country = dimensionById("country") as Dimension;
const title = dimensionById("video_title") as Dimension;
const trace = dimensionById("video_cdn_trace") as Dimension;
const viewer = dimensionById("viewer_user_id") as Dimension;
const height = subviewAttribute("rendition", "video_source_height") as SubviewAttribute;
const startup = metricById("video_startup_time") as Metric;
const page = { limit: 10, offset: 0 };
const values = { ...page, search: HOSTILE, orderBy: "views", direction: "desc" } as const;
const isHostile = { dimension: height.id, operator: "is", values: [HOSTILE], negated: false } as const;
const parts: SubviewScope = { views: scope, type: "rendition", filters: [isHostile] };
const found = { ...values, orderBy: "value", direction: "asc" } as const;
const behind = { viewerId: HOSTILE, after: { viewEndMs: 3, viewId: HOSTILE } };
const view: EventScope = { environmentId, viewId: HOSTILE, firstSeenMs: 5 };

/** One of every kind. */
const QUESTIONS: readonly (readonly [string, Question])[] = [
  ["overall", askOverall(scope, startup, "median")],
  ["breakdown", askBreakdown(scope, startup, "median", title, { ...page, orderBy: "field", direction: "asc" })],
  ["series", askTimeseries(scope, startup, "avg", "day", "Asia/Tokyo")],
  ["insights", askInsights(scope, startup, "95th", [country, title], { limit: 10, direction: "asc" })],
  ["comparison", askComparison(scope)],
  ["comparison of a slice", askComparison(scope, { dimension: trace, value: `[${HOSTILE}]` })],
  ["values", askDimensionValues(scope, title, values)],
  ["values by name", askDimensionValues(scope, title, found)],
  ["viewers", askDimensionValues(scope, viewer, values)],
  ["elements", askElements(scope, trace, values)],
  ["labels", askLabels(scope, title, [HOSTILE])],
  ["viewers' labels", askLabels(scope, viewer, [HOSTILE])],
  ["errors", askErrors(scope)],
  ["views", askViews(scope, { ...page, direction: "asc", errorTypeId: 4 })],
  ["a viewer's views behind one", askViews(scope, { ...page, ...behind, direction: "desc", errorTypeId: "any" })],
  ["open views", askOpenViews(environmentId, [{ dimension: "country", values: [HOSTILE], negated: false }], 9)],
  ["what is live of a view", askLiveFacts(environmentId, HOSTILE, 5)],
  ["the beginning of a view", askFirstSeen(environmentId, HOSTILE)],
  ["view", askView(environmentId, HOSTILE)],
  ["events", askEvents(view)],
  ["a page of events", askEventPage(view, { afterSequence: 3, limit: 2 })],
  ["parts overall", askSubviewOverall(parts)],
  ["parts broken down", askSubviewBreakdown(parts, [height], page)],
  ["parts compared", askSubviewComparison(parts, [height], country, [HOSTILE], 3)],
  ["parts over time", askSubviewTimeseries(parts, [height], "day", 3, "Asia/Tokyo")],
  ["values of parts", askSubviewValues(parts, height, found)],
];

describe.each(QUESTIONS)("the question of %s", (_, { sql, params }) => {
  it("reads no table without naming the environment", () => {
    const reads = sql.match(/\bFROM (views|events|dimension_values|monitoring)\b/g) ?? [];
    const bound = sql.match(/\benvironment_id = \{environmentId: UInt32\}/g) ?? [];
    expect(reads.length).toBeGreaterThan(0);
    expect(bound).toHaveLength(reads.length);
    expect(params["environmentId"]).toBe(77);
  });

  it("holds no value of the caller, and sends every parameter that it names", () => {
    expect(sql).not.toContain("DROP");
    expect(sql).not.toContain("123456");
    const named = new Set([...sql.matchAll(/\{(\w+): /g)].map(([, name]) => name));
    for (const name of named) expect(params).toHaveProperty(name ?? "");
  });
});

describe("names of the caller", () => {
  it.each(["toString", "1) OR (1=1", ""])("are looked up and never written: %j", (name) => {
    const filter = { dimension: name, operator: "is", values: ["a"], negated: false } as const;
    expect(() => askOverall({ ...scope, filters: [filter] }, startup, "median")).toThrow(RangeError);
    const metricFilter = { metric: name, operator: ">", value: 1 } as const;
    expect(() => askOverall({ ...scope, metricFilters: [metricFilter] }, startup, "median")).toThrow(RangeError);
    expect(() => askSubviewOverall({ ...parts, filters: [filter] })).toThrow(RangeError);
  });
});

describe("a measurement", () => {
  it("can be asked of a metric exactly when the metric has it", () => {
    for (const metric of METRICS) {
      for (const measurement of ["95th", "median", "avg", "count", "sum"] as const) {
        const ask = () => askOverall(scope, metric, measurement);
        if (metric.measurements.includes(measurement)) expect(ask).not.toThrow();
        else expect(ask).toThrow(RangeError);
      }
    }
  });
});
