import type { EnvironmentId } from "../identifiers.ts";
import type { Question } from "../monitoring/queries.ts";
import type { RejectionReason } from "./rejection-reasons.ts";

/** What belongs to no environment. Only who runs the installation may ask for it. */
export const UNPLACED = 0;

export interface RejectedScope {
  environmentId: EnvironmentId | typeof UNPLACED;
  /** Arrival in [fromMs, toMs), Unix milliseconds. */
  fromMs: number;
  toMs: number;
  /** null: any. */
  reason: RejectionReason | null;
}

/** Place of a sample in the order of lists, newest first. */
export interface RejectedPlace {
  atMs: number;
  stage: string;
  partition: number;
  position: number;
  item: number;
}

const WHERE = `environment_id = {environmentId: UInt32}
  AND at >= fromUnixTimestamp64Milli({fromMs: Int64}, 'UTC') AND at < fromUnixTimestamp64Milli({toMs: Int64}, 'UTC')
  AND ({reason: String} = '' OR reason = {reason: String})`;

/** One row per reason, most first: `reason`, `count` of events, `samples` kept, `newest_ms`. */
export function askRejectedCounts(scope: RejectedScope): Question {
  return {
    sql: `
SELECT reason, toFloat64(sum(count)) AS count, toUInt32(sum(is_sample)) AS samples,
  toFloat64(toUnixTimestamp64Milli(max(at))) AS newest_ms
FROM rejected_beacons FINAL
WHERE ${WHERE}
GROUP BY reason ORDER BY count DESC, reason`,
    params: scopeParams(scope),
  };
}

/** Samples behind a place, newest first; with `at_ms` and the columns of the table. */
export function askRejectedSamples(
  scope: RejectedScope,
  { after, limit, replayableOnly = false }: { after: RejectedPlace | null; limit: number; replayableOnly?: boolean },
): Question {
  const place = after ?? { atMs: scope.toMs, stage: "", partition: 0, position: 0, item: 0 };
  return {
    sql: `
SELECT toFloat64(toUnixTimestamp64Milli(at)) AS at_ms, stage, partition, toFloat64(position) AS position, item, reason,
  env_key, viewer_address, user_agent, referrer, host, path, content_type, content_encoding, event, body, is_base64,
  body_bytes, replayable
FROM rejected_beacons FINAL
WHERE ${WHERE} AND is_sample AND (NOT {replayableOnly: Bool} OR replayable)
  AND (at, stage, partition, position, item)
    < (fromUnixTimestamp64Milli({atMs: Int64}, 'UTC'), {stage: String}, {partition: UInt16}, {position: UInt64}, {item: UInt32})
ORDER BY at DESC, stage DESC, partition DESC, position DESC, item DESC
LIMIT {limit: UInt32}`,
    params: { ...scopeParams(scope), ...place, limit, replayableOnly: Number(replayableOnly) },
  };
}

/**
 * One row if any of these views is stored and had its last event before `beforeMs`; what came late does not count, since it
 * keeps no view in memory.
 */
export function askViewsBefore(views: {
  environmentIds: readonly number[];
  viewIds: readonly string[];
  beforeMs: number;
}): Question {
  return {
    sql: `
SELECT view_id FROM events
WHERE environment_id IN {environmentIds: Array(UInt32)} AND view_id IN {viewIds: Array(String)} AND NOT late
GROUP BY environment_id, view_id
HAVING max(server_time) < fromUnixTimestamp64Milli({beforeMs: Int64}, 'UTC')
LIMIT 1`,
    params: views,
  };
}

function scopeParams({ environmentId, fromMs, toMs, reason }: RejectedScope): Question["params"] {
  return { environmentId, fromMs, toMs, reason: reason ?? "" };
}
