import type { RejectedRecord, RejectedSample } from "../../domain/messages/rejected-record.ts";
import type { Row } from "./rows.ts";

/** Column list of table `rejected_beacons`. */
export const REJECTED_COLUMNS = [
  "environment_id",
  "at",
  "stage",
  "partition",
  "position",
  "item",
  "reason",
  "count",
  "is_sample",
  "env_key",
  "viewer_address",
  "user_agent",
  "referrer",
  "host",
  "path",
  "content_type",
  "content_encoding",
  "event",
  "body",
  "is_base64",
  "body_bytes",
  "replayable",
] as const;

/** Where a row comes from: the record of the log, and which one of its rows. A replay hits the same key. */
export interface RejectedOrigin {
  stage: "edge" | "views";
  partition: number;
  /** Position in the log. */
  position: number;
  item: number;
}

const NO_SAMPLE: RejectedSample = {
  ...{ envKey: "", address: "", userAgent: "", referrer: "", host: "", path: "", contentType: "", contentEncoding: "" },
  ...{ event: "", body: "", isBase64: false, bodyBytes: 0, replayable: false },
};

const UINT32_MAX = 4_294_967_295;

export function rejectedRow(record: RejectedRecord, { stage, partition, position, item }: RejectedOrigin): Row {
  const { envKey, address, userAgent, referrer, host, path, contentType, contentEncoding, ...sample } =
    record.sample ?? NO_SAMPLE;
  return [
    record.environmentId,
    new Date(record.atMs),
    stage,
    partition,
    position,
    item,
    record.reason,
    Math.min(record.count, UINT32_MAX),
    Number(record.sample !== null),
    envKey,
    address,
    userAgent,
    referrer,
    host,
    path,
    contentType,
    contentEncoding,
    sample.event,
    sample.body,
    Number(sample.isBase64),
    sample.bodyBytes,
    Number(sample.replayable),
  ];
}
