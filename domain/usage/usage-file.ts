import { csvCell } from "../data-api/csv-cell.ts";

/** What was delivered of an asset on a day, as a usage file tells it; times in Unix seconds. */
export interface UsageLine {
  date: string;
  environment_id: string;
  asset_id: string;
  asset_state: string;
  asset_duration: number;
  asset_resolution_tier: string;
  asset_video_quality: string;
  created_at: string;
  deleted_at: string | null;
  passthrough: string | null;
  external_id: string | null;
  creator_id: string | null;
  delivered_seconds: number;
  tier_audio_only: number;
  tier_720p: number;
  tier_1080p: number;
  tier_1440p: number;
  tier_2160p: number;
}

const COLUMNS = [
  ...["date", "environment_id", "asset_id", "asset_state", "asset_duration", "asset_resolution_tier"],
  ...["asset_video_quality", "created_at", "deleted_at", "passthrough", "external_id", "creator_id"],
  ...["delivered_seconds", "tier_audio_only", "tier_720p", "tier_1080p", "tier_1440p", "tier_2160p"],
] as (keyof UsageLine)[]; // a test compares them with a line

/** First line of every file (RFC 4180). */
export const USAGE_HEADER = `${COLUMNS.join(",")}\r\n`;

export function usageLine(line: UsageLine): string {
  return `${COLUMNS.map((column) => csvCell(line[column])).join(",")}\r\n`;
}
