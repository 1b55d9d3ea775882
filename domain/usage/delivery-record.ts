import type { ResolutionTier } from "../asset/picture-shape.ts";
import { jsonObject } from "../messages/json-object.ts";

/** A segment that was handed to a viewer. */
export interface DeliveredSegment {
  /** Number of the environment. */
  environmentId: number;
  assetId: string;
  playbackId: string;
  planId: string;
  rendition: string;
  /** From 0. */
  segment: number;
  /** Of the rendition, by which viewing is billed. */
  tier: ResolutionTier;
  /** How long the segment plays. Of all segments together: the asset's length, to a millisecond. */
  lengthMs: number;
}

/** One record of topic `deliveries`. */
export interface DeliveryRecord extends DeliveredSegment {
  /** When the last byte was sent. Unix milliseconds. */
  atMs: number;
  /** Who watches; different for each answer where nobody knows. */
  session: string;
}

const TEXTS = ["assetId", "playbackId", "planId", "rendition", "session"] as const;
const NUMBERS = ["environmentId", "segment", "lengthMs", "atMs"] as const;
const TIERS: readonly ResolutionTier[] = ["audio-only", "720p", "1080p", "1440p", "2160p"];

export function encodeDeliveryRecord(record: DeliveryRecord): string {
  return JSON.stringify({ v: 1, ...record });
}

/** Null for what is no record of ours. */
export function decodeDeliveryRecord(text: string): DeliveryRecord | null {
  const value = jsonObject(text);
  if (value === null) return null;
  const { v, ...record } = value;
  const isOurs =
    v === 1 &&
    TEXTS.every((name) => typeof record[name] === "string") &&
    NUMBERS.every((name) => isCount(record[name])) &&
    TIERS.some((tier) => tier === record["tier"]);
  return isOurs ? (record as unknown as DeliveryRecord) : null; // each field was looked at
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
