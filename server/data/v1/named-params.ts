import { ApiError } from "../../../domain/errors.ts";
import { type Dimension, dimensionById } from "../../../domain/metrics/dimensions.ts";
import type { Measurement, Metric } from "../../../domain/metrics/metric.ts";
import { metricById } from "../../../domain/metrics/metrics.ts";

/** The metric of a path. An id that is none is 404, as every resource is. */
export function requireMetric(id: string): Metric {
  const metric = metricById(id);
  if (metric === null) throw new ApiError("not_found", [`There is no metric ${id.slice(0, 100)}`]);
  return metric;
}

/** The dimension of a path, likewise. */
export function requireDimension(id: string): Dimension {
  const dimension = dimensionById(id);
  if (dimension === null) throw new ApiError("not_found", [`There is no dimension ${id.slice(0, 100)}`]);
  return dimension;
}

/** The measurement asked, or the metric's own. */
export function requireMeasurement(metric: Metric, asked: Measurement | undefined): Measurement {
  if (asked === undefined) return metric.defaultMeasurement;
  if (metric.measurements.includes(asked)) return asked;
  throw new ApiError("invalid_parameters", [`measurement: ${metric.id} has ${metric.measurements.join(", ")}`]);
}

/** A dimension that a parameter names, of those that break numbers down. */
export function requireGroupable(param: string, id: string): Dimension {
  const dimension = dimensionById(id);
  if (dimension === null)
    throw new ApiError("invalid_parameters", [
      `${param}: there is no dimension ${id.slice(0, 100)}; /data/v1/dimensions lists them`,
    ]);
  if (!dimension.groupable) throw new ApiError("invalid_parameters", [`${param}: ${id} can only be filtered by`]);
  return dimension;
}

/** Runs what makes a question; where it refuses a value, that is the caller's mistake. */
export function checked<T>(param: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ApiError("invalid_parameters", [`${param}: ${error.message}`], { cause: error });
  }
}
