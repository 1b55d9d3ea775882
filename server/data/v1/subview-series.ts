import { z } from "zod";
import { ApiError } from "../../../domain/errors.ts";
import { askSubviewTimeseries } from "../../../domain/metrics/ask/ask-subviews.ts";
import { subviewSeries } from "../../../domain/metrics/subview-series.ts";
import { defaultGranularity } from "../../../domain/metrics/time-buckets.ts";
import { allow } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import type { Analytics } from "../analytics.ts";
import { asOfMs, storedUpTo } from "../as-of.ts";
import { listOf } from "./answers.ts";
import { gatherEveryList } from "./list-params.ts";
import { checked } from "./named-params.ts";
import { timeframeWire } from "./scope-query.ts";
import {
  askedSubviews,
  breakdownLimit,
  GroupedMetaWire,
  GroupedQuery,
  groupedMetaOf,
  MetricParams,
  requireAttributes,
  SUBVIEW_ROUTE,
  ValueWire,
  valueToWire,
} from "./subview-params.ts";

const RETRY_SECONDS = 5;

const GranularityWire = z.enum(["hour", "day"]);

const SeriesQuery = GroupedQuery.extend({
  time_granularity: GranularityWire.optional().describe("Width of a bucket; by the length of the range if left out"),
  breakdown_value_limit: breakdownLimit,
  time_zone: z.string().max(100).default("UTC").describe("IANA name; decides where hours and days begin"),
});

const Row = z.object({ start_ms: z.number(), breakdown_values: z.array(z.string()), metric_value: z.number() });

const BucketWire = z.object({
  date: z.iso.datetime().describe("Start of the bucket"),
  status: z.enum(["complete", "partial"]).describe("partial: views that started in it may still come or change"),
  values: z.array(ValueWire).describe("The longest over the whole range first; one without time here is absent"),
});

const MetaWire = GroupedMetaWire.extend({
  time_granularity: GranularityWire,
  complete_through: z.iso.datetime().describe("Buckets that end by then are complete; it may lie before all of them"),
});

/** `…/breakdown-timeseries`: the longest few values over time. */
export function subviewSeriesRoute(app: App, services: Services): void {
  app.get(
    "/data/v1/subview-metrics/:metric_id/:subview_type/breakdown-timeseries",
    {
      onRequest: allow(services, "data:read"),
      preValidation: gatherEveryList,
      schema: {
        ...SUBVIEW_ROUTE,
        summary: "Playing time of parts of views over time, by what they are",
        params: MetricParams,
        querystring: SeriesQuery,
        response: { ...REFUSALS, 200: listOf(BucketWire).extend({ meta: MetaWire }) },
      },
    },
    async (request) => {
      const { type, scope, timeframe, keepMs } = askedSubviews(request, services.now());
      const { time_zone: timeZone, breakdown_value_limit: limit } = request.query;
      const attributes = requireAttributes(type, request.query["group_by[]"]);
      const granularity = request.query.time_granularity ?? defaultWidth(timeframe.toMs - timeframe.fromMs);
      const question = checked("timeframe[], time_granularity, time_zone", () =>
        askSubviewTimeseries(scope, attributes, granularity, limit, timeZone),
      );
      const knownMs = await storedUntil(services.analytics);
      const storedMs = knownMs - (knownMs % keepMs); // who asks within one step shares an answer that covers it
      const analytics = storedUpTo(services.analytics, storedMs);
      const rows = await analytics.ask(question, Row, { name: "subview timeseries", keepMs });
      const { buckets, completeThroughMs } = subviewSeries(rows, { ...timeframe, granularity, timeZone }, storedMs);
      return {
        data: buckets.map(({ startMs, status, values }) => ({
          ...{ date: new Date(startMs).toISOString(), status, values: values.map(valueToWire) },
        })),
        total_row_count: buckets.length,
        timeframe: timeframeWire(timeframe),
        meta: {
          ...{ ...groupedMetaOf(type, attributes), time_granularity: granularity },
          complete_through: new Date(Math.max(0, completeThroughMs)).toISOString(),
        },
      };
    },
  );
}

function defaultWidth(rangeMs: number): z.output<typeof GranularityWire> {
  return defaultGranularity(rangeMs) === "day" ? "day" : "hour";
}

/** Asked before the rows, so that none is missing that it covers. */
async function storedUntil(analytics: Analytics): Promise<number> {
  const known = await asOfMs(analytics);
  if (known !== null) return known;
  throw new ApiError("unavailable", ["Up to when views are stored is not known: the collector has not run yet"], {
    retryAfterSeconds: RETRY_SECONDS,
  });
}
