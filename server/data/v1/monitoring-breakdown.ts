import { z } from "zod";
import { parseLiveFilters } from "../../../domain/data-api/live-filter-text.ts";
import { heldBack, type LiveClock, liveBreakdownRange, liveBucket } from "../../../domain/data-api/live-range.ts";
import type { EnvironmentId } from "../../../domain/identifiers.ts";
import {
  askLiveBreakdown,
  askLiveBreakdownTimeseries,
  type LiveBreakdownPoint,
  type LiveBreakdownRow,
  type LiveScope,
} from "../../../domain/monitoring/ask-breakdown.ts";
import { isKeyed } from "../../../domain/monitoring/clauses.ts";
import type { MonitoringDimension } from "../../../domain/monitoring/dimensions.ts";
import { bucketStarts } from "../../../domain/monitoring/live-points.ts";
import { askDimensionValues } from "../../../domain/monitoring/queries.ts";
import { BUCKET_MS } from "../../../domain/monitoring/socket-wire.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import type { Analytics } from "../analytics.ts";
import { askLive, freshnessOf, liveClock } from "../live.ts";
import { orNull } from "./answers.ts";
import { gatherLists, listParam } from "./list-params.ts";
import {
  commonOf,
  LiveBreakdownQuery,
  limitParam,
  liveListOf,
  MetricParams,
  type MonitoringPaths,
  requireLiveMetric,
  secondsText,
  timestampParam,
} from "./monitoring-params.ts";
import { timeframeWire } from "./scope-query.ts";

const MOST_VALUES = 1_000;
const MOST_VALUES_PER_POINT = 100;

const PointRow: z.ZodType<LiveBreakdownPoint> = z.object({
  start_ms: z.number(),
  value: z.string(),
  metric_value: z.number().nullable(),
  concurrent_viewers: z.number(),
  starting_up_viewers: z.number(),
});

const ValueRow: z.ZodType<LiveBreakdownRow> = z.object({
  value: z.string(),
  metric_value: z.number().nullable(),
  concurrent_viewers: z.number(),
  starting_up_viewers: z.number(),
  negative_impact: z.number(),
  total_row_count: z.number(),
});

const ValueWire = z.object({
  value: z.string().nullable().describe("null for viewers without a value"),
  metric_value: z
    .number()
    .nullable()
    .describe("null where nothing was there to measure; ratios 0..1, bitrates in bit/s"),
  concurrent_viewers: z.number(),
  starting_up_viewers: z.number().describe("Viewers among them who wait for their first frame"),
});

const ImpactWire = ValueWire.extend({
  negative_impact: z.number().describe("Place among all values by how much they worsen the whole; 1 is the worst"),
});

/** `…/metrics/{ID}/breakdown`: a metric for every value of a dimension, in the 5 seconds of one moment. */
export function liveBreakdownRoute(app: App, services: Services, paths: MonitoringPaths): void {
  app.get(
    `${paths.prefix}/metrics/:monitoring_metric_id/breakdown`,
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...commonOf(paths),
        summary: "A live metric for every value of a dimension, at one moment",
        params: MetricParams,
        querystring: LiveBreakdownQuery.extend({
          timestamp: timestampParam(
            "Unix seconds of the last 24 hours; the newest moment that can be told if left out",
          ),
          limit: limitParam({ most: MOST_VALUES, other: MOST_VALUES }, "Values at the most"),
        }),
        response: { ...REFUSALS, 200: liveListOf(ImpactWire) },
      },
    },
    async (request) => {
      const { dimension, timestamp, limit, order_by: orderBy, order_direction: direction } = request.query;
      const asked = askedOf(request, paths);
      const clock = await liveClock(services);
      const bucketMs = liveBucket(timestamp, heldBack(clock, asked.metric));
      const scope: LiveScope = { ...asked, dimension, fromMs: bucketMs, toMs: bucketMs + BUCKET_MS };
      const question = askLiveBreakdown(scope, { orderBy, direction, limit });
      const { analytics } = services;
      const rows = await askLive(analytics, question, { row: ValueRow, name: "live breakdown", clock });
      const nameOf = await liveNames(analytics, scope, rows, clock);
      return {
        data: rows.map(({ total_row_count: _, ...row }) => ({ ...row, value: orNull(nameOf(row.value)) })),
        total_row_count: rows[0]?.total_row_count ?? 0,
        timeframe: timeframeWire({ fromMs: bucketMs, toMs: bucketMs }),
        ...freshnessOf(clock),
      };
    },
  );
}

/** `…/metrics/{ID}/breakdown-timeseries`: the same for every 5 seconds of up to 10 minutes. */
export function liveBreakdownTimeseriesRoute(app: App, services: Services, paths: MonitoringPaths): void {
  app.get(
    `${paths.prefix}/metrics/:monitoring_metric_id/breakdown-timeseries`,
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherLists,
      schema: {
        ...commonOf(paths),
        summary: "A live metric for every value of a dimension, over time",
        params: MetricParams,
        querystring: LiveBreakdownQuery.extend({
          "timeframe[]": listParam(
            "Two Unix times in seconds, or one span such as 5:minutes up to the newest moment that can be told; at most 10 minutes of the last 24 hours; the last 60 seconds if left out",
          ),
          limit: limitParam({ most: MOST_VALUES_PER_POINT, other: 10 }, "Values of each point at the most"),
        }),
        response: {
          ...REFUSALS,
          200: liveListOf(
            z.object({ date: z.iso.datetime().describe("Start of the 5 seconds"), values: z.array(ValueWire) }),
          ),
        },
      },
    },
    async (request) => {
      const { dimension, limit, order_by: orderBy, order_direction: direction } = request.query;
      const asked = askedOf(request, paths);
      const clock = await liveClock(services);
      const range = liveBreakdownRange(request.query["timeframe[]"], heldBack(clock, asked.metric));
      const scope: LiveScope = { ...asked, dimension, ...range };
      const question = askLiveBreakdownTimeseries(scope, { orderBy, direction, limit });
      const { analytics } = services;
      const rows = await askLive(analytics, question, { row: PointRow, name: "live breakdown over time", clock });
      const nameOf = await liveNames(analytics, scope, rows, clock);
      const byStart = Map.groupBy(rows, ({ start_ms: startMs }) => startMs);
      const data = bucketStarts(range.fromMs, range.toMs).map((startMs) => ({
        date: secondsText(startMs),
        values: (byStart.get(startMs) ?? []).map(({ start_ms: _, ...row }) => {
          return { ...row, value: orNull(nameOf(row.value)) };
        }),
      }));
      return { data, total_row_count: data.length, timeframe: timeframeWire(range), ...freshnessOf(clock) };
    },
  );
}

interface LiveRequest {
  params: z.output<typeof MetricParams>;
  query: z.output<typeof LiveBreakdownQuery>;
}

/** @throws ApiError for an unknown metric or a wrong filter */
function askedOf(request: LiveRequest & Parameters<typeof callerOf>[0], paths: MonitoringPaths) {
  return {
    environmentId: callerOf(request).environmentId,
    metric: requireLiveMetric(paths, request.params.monitoring_metric_id),
    filters: parseLiveFilters(request.query["filters[]"]),
  };
}

const NameRow = z.object({ key_text: z.string(), name: z.string() });

/** What values read as: themselves, or the names of keys, which may come again in other buckets. */
async function liveNames(
  analytics: Analytics,
  { environmentId, dimension }: { environmentId: EnvironmentId; dimension: MonitoringDimension },
  rows: readonly { value: string }[],
  clock: LiveClock,
): Promise<(value: string) => string> {
  if (!isKeyed(dimension) || rows.length === 0) return (value) => value;
  const keys = [...new Set(rows.map(({ value }) => value))].sort();
  const question = askDimensionValues(environmentId, dimension, keys);
  const found = await askLive(analytics, question, { row: NameRow, name: "live names", clock });
  const names = new Map(found.map(({ key_text: key, name }) => [key, name]));
  return (value) => names.get(value) ?? value;
}
