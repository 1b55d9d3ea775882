import { z } from "zod";
import { ApiError } from "../../../domain/errors.ts";
import { MONITORING_DIMENSIONS } from "../../../domain/monitoring/dimensions.ts";
import { LIVE_METRICS, type LiveMetric, STARTUP_METRIC } from "../../../domain/monitoring/live-metrics.ts";
import { Freshness } from "../live.ts";
import { TimeframeWire } from "./answers.ts";
import { listParam } from "./list-params.ts";
import { DirectionQuery } from "./page-query.ts";

/** The paths of today, and those that older clients call. */
export interface MonitoringPaths {
  prefix: "/data/v1/monitoring" | "/data/v1/realtime";
  deprecated: boolean;
  metrics: readonly LiveMetric[];
}

/** Came after the older paths were left behind. */
const NEWER = "video-startup-failure-percentage";

export const MONITORING_PATHS: readonly [today: MonitoringPaths, older: MonitoringPaths] = [
  { prefix: "/data/v1/monitoring", deprecated: false, metrics: LIVE_METRICS },
  { prefix: "/data/v1/realtime", deprecated: true, metrics: LIVE_METRICS.filter(({ id }) => id !== NEWER) },
];

/** What every monitoring route has in common. */
export function commonOf({ deprecated }: MonitoringPaths) {
  return {
    tags: [deprecated ? "Real time" : "Monitoring"],
    security: [{ accessToken: [] }],
    ...(deprecated && { deprecated }),
  };
}

export const MetricParams = z.object({ monitoring_metric_id: z.string() });

export const LiveFiltersQuery = z.object({
  "filters[]": listParam("dimension:value or !dimension:value, of the monitoring dimensions"),
});

/** Unix seconds; which of them are answered is for domain/data-api/live-range.ts to say. */
export function timestampParam(description: string) {
  const message = "must be Unix seconds";
  return z.coerce
    .number(message)
    .min(0, message)
    .max(Number.MAX_SAFE_INTEGER, message)
    .optional()
    .describe(description);
}

export const LiveBreakdownQuery = LiveFiltersQuery.extend({
  dimension: z.enum(MONITORING_DIMENSIONS).default("country").describe("What viewers are told apart by"),
  order_by: z
    .enum(["negative_impact", "value", "views", "field"])
    .default("negative_impact")
    .describe("value: the metric's; views: viewers; field: the dimension's value"),
  order_direction: DirectionQuery.default("desc").describe(
    "The worst, the most or the last first unless told otherwise",
  ),
});

export function limitParam({ most, other }: { most: number; other: number }, description: string) {
  return z.coerce.number().int().min(1).max(most).default(other).describe(description);
}

/** A live answer: rows, their number, and when they were true. */
export function liveListOf<Row extends z.ZodType>(row: Row) {
  return z.object({
    data: z.array(row),
    total_row_count: z.number(),
    timeframe: TimeframeWire,
    ...Freshness.shape,
  });
}

/** The metric of a path. */
export function requireLiveMetric({ metrics }: MonitoringPaths, id: string): LiveMetric {
  const metric = metrics.find((one) => one.id === id);
  if (metric !== undefined) return metric;
  const message = id === STARTUP_METRIC.id ? `${id} has a histogram only` : `There is no metric ${id.slice(0, 100)}`;
  throw new ApiError("not_found", [message]);
}

/** ISO 8601 in UTC to the second, as monitoring tells times. */
export function secondsText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -".000Z".length)}Z`;
}
