/**
 * What live viewers can be told apart by: the names of the Data API's monitoring dimensions
 * (data-api.md §7), and `device_category` and `browser`, which ours adds.
 */
export const MONITORING_DIMENSIONS = [
  "video_title",
  "video_id",
  "video_series",
  "country",
  "region",
  "cdn",
  "device_category",
  "operating_system",
  "browser",
  "player_name",
  "stream_type",
  "sub_property_id",
  "asn",
  "view_has_ad",
  "asset_id",
  "playback_id",
  "live_stream_id",
] as const;

export type MonitoringDimension = (typeof MONITORING_DIMENSIONS)[number];

export function isMonitoringDimension(value: unknown): value is MonitoringDimension {
  return (MONITORING_DIMENSIONS as readonly unknown[]).includes(value);
}

/** Keeps a view when its value is one of `values` (or none of them, negated). "" stands for "has no value". */
export interface MonitoringFilter {
  dimension: MonitoringDimension;
  values: readonly string[];
  negated: boolean;
}
