import { ApiError } from "../errors.ts";
import { metricById } from "../metrics/metrics.ts";
import type { MetricFilter } from "../metrics/scope.ts";

const MAX_FILTERS = 50;

/**
 * `metric_filters[]` (data-api.md §1), such as `aggregate_startup_time>=1000`: views by their own value of a metric.
 *
 * @throws ApiError that names the filter and what is wrong with it
 */
export function parseMetricFilters(texts: readonly string[]): MetricFilter[] {
  if (texts.length > MAX_FILTERS)
    throw new ApiError("invalid_parameters", [`metric_filters[]: at most ${MAX_FILTERS}`]);
  return texts.map(parse);
}

function parse(text: string): MetricFilter {
  const [, id, operator, number] =
    /^\s*([a-z0-9_]{1,100})\s*(>=|<=|>|<|=)\s*(-?\d{1,18}(?:\.\d{1,9})?)\s*$/.exec(text) ?? [];
  if (id === undefined || number === undefined)
    throw wrong(text, "write metric, operator (>= <= > < =) and number, such as video_startup_time>=1000");
  const metric = metricById(id);
  if (metric === null) throw wrong(text, `there is no metric ${id}`);
  if (!metric.filterable) throw wrong(text, `${id} cannot select views`);
  return { metric: metric.id, operator: operator as MetricFilter["operator"], value: Number(number) };
}

function wrong(text: string, what: string): ApiError {
  return new ApiError("invalid_parameters", [`metric_filters[] "${text.slice(0, 100)}": ${what}`]);
}
