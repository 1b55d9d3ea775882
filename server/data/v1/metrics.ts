import { z } from "zod";
import { askBreakdown } from "../../../domain/metrics/ask/ask-breakdown.ts";
import { askOverall } from "../../../domain/metrics/ask/ask-overall.ts";
import { askTimeseries } from "../../../domain/metrics/ask/ask-timeseries.ts";
import type { Page } from "../../../domain/metrics/ask/page.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import { defaultGranularity, fillBuckets, GRANULARITIES, pointStarts } from "../../../domain/metrics/time-buckets.ts";
import { allow } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { ListWalks } from "../list-walks.ts";
import { namesOf } from "../names-of.ts";
import { groupsOnPage } from "../walk-groups.ts";
import { listOf, MetaWire, orNull, TimeframeWire } from "./answers.ts";
import { comparisonRoute } from "./comparison.ts";
import { insightsRoute } from "./insights.ts";
import { gatherLists } from "./list-params.ts";
import { metricListRoute } from "./metric-list.ts";
import { askedMetric, METRIC_ROUTE, MetricQuery, metaOf } from "./metric-query.ts";
import { checked, requireGroupable } from "./named-params.ts";
import { DataPageQuery, DirectionQuery, walkOf } from "./page-query.ts";
import { timeframeWire } from "./scope-query.ts";

/** /data/v1/metrics/{METRIC_ID}/overall, breakdown and timeseries (reference data-api.md §2, rows 6, 7, 9), and the others. */
export function metricRoutes(app: App, services: Services): void {
  metricListRoute(app, services);
  comparisonRoute(app, services);
  overallRoute(app, services);
  breakdownRoute(app, services);
  timeseriesRoute(app, services);
  insightsRoute(app, services);
}

const OverallRow = z.object({
  value: z.number().nullable(),
  total_views: z.number(),
  total_watch_time: z.number(),
  total_playing_time: z.number(),
});

const OverallWire = z.object({
  data: OverallRow.extend({
    value: OverallRow.shape.value.describe("null where no view holds a value"),
    global_value: z.number().nullable().describe("The same without filters"),
  }),
  total_row_count: z.null(),
  timeframe: TimeframeWire,
  meta: MetaWire,
});

function overallRoute(app: App, services: Services): void {
  app.get(
    "/data/v1/metrics/:metric_id/overall",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...METRIC_ROUTE,
        summary: "One number for a range",
        querystring: MetricQuery,
        response: { ...REFUSALS, 200: OverallWire },
      },
    },
    async (request) => {
      const { asked, metric, measurement } = askedMetric(services, request);
      const { scope, timeframe, keepMs } = asked;
      const ask = (of: Scope) => {
        const question = checked("measurement", () => askOverall(of, metric, measurement));
        return services.analytics.ask(question, OverallRow, { name: "overall", keepMs });
      };
      const asking = ask(scope);
      const isWhole = scope.filters.length + scope.metricFilters.length === 0;
      const askingAll = isWhole ? asking : ask({ ...scope, filters: [], metricFilters: [] });
      const [[found], [all]] = await Promise.all([asking, askingAll]);
      if (found === undefined || all === undefined) throw new Error("a total has one row");
      return {
        data: { ...found, global_value: all.value },
        total_row_count: null,
        timeframe: timeframeWire(timeframe),
        meta: metaOf(timeframe, measurement),
      };
    },
  );
}

const BreakdownRow = z.object({
  field: z.string(),
  value: z.number().nullable(),
  views: z.number(),
  total_watch_time: z.number(),
  total_playing_time: z.number(),
  negative_impact: z.number(),
  total_row_count: z.number(),
});

const BreakdownWire = listOf(
  z.object({
    field: z.string().nullable().describe("null for views without a value"),
    value: z.number().nullable(),
    views: z.number().describe("Views that hold a value of the metric"),
    total_watch_time: z.number().describe("Milliseconds"),
    total_playing_time: z.number().describe("Milliseconds"),
    negative_impact: z.number().describe("Place among all rows by how much they worsen the whole; 1 is the worst"),
  }),
).extend({ meta: MetaWire });

const BreakdownQuery = MetricQuery.extend({
  ...DataPageQuery.shape,
  group_by: z.string().default("country").describe("Id of a dimension"),
  order_by: z.enum(["negative_impact", "value", "views", "field"]).default("negative_impact"),
  order_direction: DirectionQuery.optional().describe("The worst, the most or the last first unless told otherwise"),
});

function breakdownRoute(app: App, services: Services): void {
  const walks = new ListWalks<z.output<typeof BreakdownRow>>();
  app.get(
    "/data/v1/metrics/:metric_id/breakdown",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...METRIC_ROUTE,
        summary: "One number for every value of a dimension",
        querystring: BreakdownQuery,
        response: { ...REFUSALS, 200: BreakdownWire },
      },
    },
    async (request) => {
      const { asked, metric, measurement } = askedMetric(services, request);
      const { keepMs } = asked;
      const { group_by, order_by: orderBy, order_direction: direction = "desc" } = request.query;
      const dimension = requireGroupable("group_by", group_by);
      const list = {
        ...{ scope: asked.scope, row: BreakdownRow, name: "breakdown", keepMs },
        ask: (of: Scope, page: Page) =>
          checked("group_by", () => askBreakdown(of, metric, measurement, dimension, { ...page, orderBy, direction })),
      };
      const { analytics } = services;
      const { rows, totalRowCount, scope, keyed } = await groupsOnPage(
        analytics,
        walks,
        list,
        walkOf(request, services.now()),
      );
      const fields = rows.map(({ field }) => field);
      const nameOf = await namesOf(analytics, scope, { dimension, keyed, fields, keepMs });
      return {
        data: rows.map((row) => ({ ...row, field: orNull(nameOf(row.field)) })),
        total_row_count: totalRowCount,
        timeframe: timeframeWire(scope),
        meta: metaOf(scope, measurement),
      };
    },
  );
}

const PointRow = z.object({ start_ms: z.number(), value: z.number().nullable(), views: z.number() });

const PointWire = z
  .tuple([z.iso.datetime(), z.number().nullable(), z.number()])
  .describe("Start of the bucket, value (null without views), views that hold a value");

const TimeseriesQuery = MetricQuery.extend({
  group_by: z.enum(GRANULARITIES).optional().describe("Width of a bucket; by the length of the range if left out"),
  order_direction: DirectionQuery.optional().describe("Deprecated"),
  time_zone: z.string().max(100).default("UTC").describe("IANA name; decides where hours and days begin"),
});

function timeseriesRoute(app: App, services: Services): void {
  app.get(
    "/data/v1/metrics/:metric_id/timeseries",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...METRIC_ROUTE,
        summary: "One number for every bucket of a range",
        querystring: TimeseriesQuery,
        response: { ...REFUSALS, 200: listOf(PointWire).extend({ meta: MetaWire }) },
      },
    },
    async (request) => {
      const { asked, metric, measurement } = askedMetric(services, request);
      const { scope, timeframe, keepMs } = asked;
      const { order_direction = "asc", time_zone: timeZone } = request.query;
      const granularity = request.query.group_by ?? defaultGranularity(timeframe.toMs - timeframe.fromMs);
      const question = checked("timeframe[], group_by, time_zone", () =>
        askTimeseries(scope, metric, measurement, granularity, timeZone),
      );
      const points = await services.analytics.ask(question, PointRow, { name: "timeseries", keepMs });
      const starts = pointStarts(timeframe.fromMs, timeframe.toMs, granularity, timeZone);
      const all = fillBuckets(points, starts, (startMs) => ({ start_ms: startMs, value: null, views: 0 }));
      const data = all.map(({ start_ms, value, views }): z.input<typeof PointWire> => {
        return [new Date(start_ms).toISOString(), value, views];
      });
      return {
        data: order_direction === "desc" ? data.reverse() : data,
        total_row_count: data.length,
        timeframe: timeframeWire(timeframe),
        meta: { granularity, aggregation: measurement },
      };
    },
  );
}
