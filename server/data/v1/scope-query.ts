import { z } from "zod";
import { parseFilters } from "../../../domain/data-api/filter-text.ts";
import { parseMetricFilters } from "../../../domain/data-api/metric-filter-text.ts";
import { keepMs, parseTimeframe, type Timeframe } from "../../../domain/data-api/timeframe.ts";
import type { EnvironmentId } from "../../../domain/identifiers.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import { listParam } from "./list-params.ts";

const flag = z.enum(["true", "false"]).default("false");

export const TimeframeQuery = z.object({
  "timeframe[]": listParam(
    "Two Unix times in seconds, or one span up to now such as 24:hours; the last 24 hours if left out",
  ),
});

/** What every question about views may be narrowed by (data-api.md §1). */
export const ScopeQuery = TimeframeQuery.extend({
  "filters[]": listParam(
    "dimension:value, !dimension:value; for lists +dimension:value, -dimension:value, dimension:[a,b]",
  ),
  "metric_filters[]": listParam("Views by their own value of a metric, such as video_startup_time>=1000"),
  weighted: flag.describe("true: each view counts 1/sample_rate times"),
  include_bots: flag.describe("true: views of crawlers count too"),
});

/** A question's range and what it is narrowed by. */
export interface Asked {
  timeframe: Timeframe;
  scope: Scope;
  /** How long an answer about it may serve others. */
  keepMs: number;
}

/** @throws ApiError that names the parameter and what it may be */
export function askedOf(query: z.output<typeof ScopeQuery>, environmentId: EnvironmentId, nowMs: number): Asked {
  const timeframe = parseTimeframe(query["timeframe[]"], nowMs);
  const scope: Scope = {
    environmentId,
    ...timeframe,
    filters: parseFilters(query["filters[]"]),
    metricFilters: parseMetricFilters(query["metric_filters[]"]),
    weighted: query.weighted === "true",
    includeBots: query.include_bots === "true",
  };
  return { timeframe, scope, keepMs: keepMs(timeframe) };
}

/** `timeframe` as answers tell it: Unix seconds. */
export function timeframeWire({ fromMs, toMs }: Timeframe): [number, number] {
  return [fromMs / 1_000, toMs / 1_000];
}
