import type { StoredSample } from "../../../platform/clickhouse/rejected-beacons.ts";

/** A sample as the store keeps it, all its texts empty but for what is given. */
export function storedSample(given: Partial<StoredSample>): StoredSample {
  return {
    ...{ at_ms: 0, stage: "edge", partition: 0, position: 0, item: 0, reason: "not_json", env_key: "" },
    ...{ viewer_address: "81.2.69.0", user_agent: "", referrer: "", host: "", path: "/", content_type: "" },
    ...{ content_encoding: "", event: "", body: "", is_base64: false, body_bytes: 0, replayable: true },
    ...given,
  };
}
