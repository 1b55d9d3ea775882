import { z } from "zod";
import { MEASUREMENTS, type Measurement, type Metric } from "../../../domain/metrics/metric.ts";
import { defaultGranularity } from "../../../domain/metrics/time-buckets.ts";
import { callerOf } from "../../auth/api-guard.ts";
import type { Services } from "../../http/services.ts";
import { requireMeasurement, requireMetric } from "./named-params.ts";
import { type Asked, askedOf, ScopeQuery } from "./scope-query.ts";

export const MetricParams = z.object({ metric_id: z.string() });

export const MetricQuery = ScopeQuery.extend({
  measurement: z.enum(MEASUREMENTS).optional().describe("The metric's own if left out"),
});

/** Of every route of one metric. */
export const METRIC_ROUTE = { tags: ["Metrics"], security: [{ accessToken: [] }], params: MetricParams };

interface MetricRequest {
  params: z.output<typeof MetricParams>;
  query: z.output<typeof MetricQuery>;
}

/** @throws ApiError for a metric or measurement that there is not, and for a range or filter that is none */
export function askedMetric(services: Services, request: MetricRequest & Parameters<typeof callerOf>[0]) {
  const metric = requireMetric(request.params.metric_id);
  const measurement = requireMeasurement(metric, request.query.measurement);
  const asked = askedOf(request.query, callerOf(request).environmentId, services.now());
  return { asked, metric, measurement } satisfies { asked: Asked; metric: Metric; measurement: Measurement };
}

/** `meta` of an answer. */
export function metaOf({ fromMs, toMs }: Asked["timeframe"], aggregation: Measurement) {
  return { granularity: defaultGranularity(toMs - fromMs), aggregation };
}
