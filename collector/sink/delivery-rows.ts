import type { DeliveryRecord } from "../../domain/usage/delivery-record.ts";
import { dateTime64, uint32 } from "./column-values.ts";
import type { Row } from "./rows.ts";

/** Column list of table `deliveries`. */
export const DELIVERY_COLUMNS = [
  "environment_id",
  "hour",
  "asset_id",
  "session",
  "rendition",
  "plan_id",
  "segment",
  "playback_id",
  "tier",
  "length_ms",
  "at",
] as const;

const HOUR_SECONDS = 3_600;

/** Whatever the record is read from and how often: the same key. */
export function deliveryRow(record: DeliveryRecord): Row {
  return [
    uint32(record.environmentId),
    uint32(Math.floor(record.atMs / 1_000 / HOUR_SECONDS) * HOUR_SECONDS),
    record.assetId,
    record.session,
    record.rendition,
    record.planId,
    uint32(record.segment),
    record.playbackId,
    record.tier,
    uint32(record.lengthMs),
    dateTime64(record.atMs),
  ];
}
