/** Widths of the buckets of a time series. */
export const GRANULARITIES = ["minute", "ten_minutes", "hour", "day"] as const;
export type Granularity = (typeof GRANULARITIES)[number];
