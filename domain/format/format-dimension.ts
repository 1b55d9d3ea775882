import type { MonitoringDimension } from "../monitoring/dimensions.ts";

const COUNTRIES = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });

/** Names of dimensions as people say them, in lists and in filters. */
export const DIMENSION_TITLES: Record<MonitoringDimension, string> = {
  video_title: "Title",
  video_id: "Video ID",
  video_series: "Series",
  country: "Country",
  region: "Region",
  cdn: "CDN",
  device_category: "Device",
  operating_system: "Operating system",
  browser: "Browser",
  player_name: "Player",
  stream_type: "Stream type",
  sub_property_id: "Sub-property",
  asn: "Network (ASN)",
  view_has_ad: "With ads",
  asset_id: "Asset ID",
  playback_id: "Playback ID",
  live_stream_id: "Live stream ID",
};

/** Values that are codes of ours or abbreviations, not names that someone chose. */
const DEVICE_NAMES: Record<string, string> = {
  desktop: "Desktop",
  phone: "Phone",
  tablet: "Tablet",
  tv: "TV",
  console: "Game console",
  wearable: "Wearable",
};

/** A dimension's value as people read it; null and "" are views that have none. */
export function formatDimensionValue(dimension: MonitoringDimension, value: string | null): string {
  if (value === null || value === "") return "Unknown";
  if (dimension === "country") return countryName(value);
  if (dimension === "device_category") return DEVICE_NAMES[value] ?? value;
  if (dimension === "asn") return `AS${value}`;
  if (dimension === "view_has_ad") return value === "true" ? "With ads" : "Without ads";
  return value;
}

function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (COUNTRIES.of(code) ?? code) : code; // anything else makes the look-up throw
}
