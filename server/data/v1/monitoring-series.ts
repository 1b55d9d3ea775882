import { z } from "zod";
import { parseLiveFilters } from "../../../domain/data-api/live-filter-text.ts";
import { heldBack, liveHistogramRange, liveSeriesRange } from "../../../domain/data-api/live-range.ts";
import { ApiError } from "../../../domain/errors.ts";
import { STARTUP_METRIC } from "../../../domain/monitoring/live-metrics.ts";
import { livePoints } from "../../../domain/monitoring/live-points.ts";
import { askLiveSeries, type LiveSeriesRow } from "../../../domain/monitoring/queries.ts";
import {
  askStartupHistogram,
  type HistogramPoint,
  type HistogramRow,
  histogramPoints,
  STARTUP_BOUNDS_MS,
} from "../../../domain/monitoring/startup-histogram.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { askLive, freshnessOf, liveClock } from "../live.ts";
import { gatherLists } from "./list-params.ts";
import {
  commonOf,
  LiveFiltersQuery,
  liveListOf,
  MetricParams,
  type MonitoringPaths,
  requireLiveMetric,
  secondsText,
  timestampParam,
} from "./monitoring-params.ts";
import { timeframeWire } from "./scope-query.ts";

const PointWire = z.object({
  date: z.iso.datetime().describe("Start of the 5 seconds"),
  value: z.number().nullable().describe("null where nothing was there to measure; ratios 0..1, bitrates in bit/s"),
  concurrent_viewers: z.number(),
});

const SeriesRow: z.ZodType<LiveSeriesRow> = z.object({
  start_ms: z.number(),
  metric_value: z.number().nullable(),
  concurrent_viewers: z.number(),
});

/** `…/metrics/{ID}/timeseries`: 30 minutes in steps of 5 seconds. */
export function liveTimeseriesRoute(app: App, services: Services, paths: MonitoringPaths): void {
  app.get(
    `${paths.prefix}/metrics/:monitoring_metric_id/timeseries`,
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...commonOf(paths),
        summary: "A live metric over 30 minutes",
        params: MetricParams,
        querystring: LiveFiltersQuery.extend({
          timestamp: timestampParam(
            "Start, Unix seconds of the last 24 hours; the newest 30 minutes that can be told if left out",
          ),
        }),
        response: { ...REFUSALS, 200: liveListOf(PointWire) },
      },
    },
    async (request) => {
      const metric = requireLiveMetric(paths, request.params.monitoring_metric_id);
      const filters = parseLiveFilters(request.query["filters[]"]);
      const clock = await liveClock(services);
      const range = liveSeriesRange(request.query.timestamp, heldBack(clock, metric));
      const question = askLiveSeries(callerOf(request).environmentId, metric, filters, range);
      const rows = await askLive(services.analytics, question, { row: SeriesRow, name: "live timeseries", clock });
      const data = livePoints(metric, rows, range).map(({ startMs, value, viewers }) => {
        return { date: secondsText(startMs), value, concurrent_viewers: viewers };
      });
      return { data, total_row_count: data.length, timeframe: timeframeWire(range), ...freshnessOf(clock) };
    },
  );
}

const MinuteRow: z.ZodType<HistogramRow> = z.object({
  start_ms: z.number(),
  counts: z.array(z.number()),
  average_ms: z.number(),
  median_ms: z.number(),
  p95_ms: z.number(),
});

const MinuteWire = z.object({
  timestamp: z.iso.datetime().describe("Start of the minute"),
  sum: z.number().describe("Views that started"),
  average: z.number().nullable().describe("Milliseconds; null where nobody started"),
  median: z.number().nullable().describe("Milliseconds"),
  p95: z.number().nullable().describe("Milliseconds"),
  max_percentage: z.number().describe("Largest share of the bars, 0..1"),
  bucket_values: z.array(z.object({ count: z.number(), percentage: z.number().describe("0..1") })),
});

const BarsWire = z.object({
  bucket_unit: z.literal("milliseconds"),
  buckets: z.array(z.object({ start: z.number(), end: z.number().nullable().describe("null: open") })),
});

const BARS: z.input<typeof BarsWire> = {
  bucket_unit: "milliseconds",
  buckets: STARTUP_BOUNDS_MS.map((start, bar) => ({ start, end: STARTUP_BOUNDS_MS[bar + 1] ?? null })),
};

/** `…/metrics/video-startup-time/histogram-timeseries`: 30 minutes in steps of one. */
export function liveHistogramRoute(app: App, services: Services, paths: MonitoringPaths): void {
  app.get(
    `${paths.prefix}/metrics/:monitoring_histogram_metric_id/histogram-timeseries`,
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...commonOf(paths),
        summary: "Start-up times of the last 30 minutes, by length",
        params: z.object({ monitoring_histogram_metric_id: z.string() }),
        querystring: LiveFiltersQuery,
        response: { ...REFUSALS, 200: liveListOf(MinuteWire).extend({ meta: BarsWire }) },
      },
    },
    async (request) => {
      const { monitoring_histogram_metric_id: id } = request.params;
      if (id !== STARTUP_METRIC.id) throw new ApiError("not_found", [`${id.slice(0, 100)} has no histogram`]);
      const filters = parseLiveFilters(request.query["filters[]"]);
      const clock = await liveClock(services);
      const range = liveHistogramRange(clock);
      const question = askStartupHistogram(callerOf(request).environmentId, filters, range.fromMs, range.toMs);
      const rows = await askLive(services.analytics, question, { row: MinuteRow, name: "live histogram", clock });
      const data = histogramPoints(rows, range.fromMs, range.toMs).map(minuteToWire);
      return { data, total_row_count: data.length, timeframe: timeframeWire(range), meta: BARS, ...freshnessOf(clock) };
    },
  );
}

function minuteToWire(point: HistogramPoint): z.input<typeof MinuteWire> {
  return {
    timestamp: secondsText(point.startMs),
    sum: point.sum,
    average: point.averageMs,
    median: point.medianMs,
    p95: point.p95Ms,
    max_percentage: point.maxShare ?? 0,
    bucket_values: point.bars.map(({ count, share }) => ({ count, percentage: share })),
  };
}
