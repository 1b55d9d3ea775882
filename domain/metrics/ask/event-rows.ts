import type { EnvironmentId } from "../../identifiers.ts";
import type { Question } from "../../monitoring/queries.ts";
import { SETTINGS } from "./scope-clause.ts";

/** An event of a view, as answers tell it. */
export interface EventRow {
  sequence: number;
  /** 1: it came after the view was final, and so counts nowhere in it. */
  late: number;
  name: string;
  /** Arrival, log time; Unix milliseconds. */
  server_time_ms: number;
  /** Client clock when its request was sent, Unix milliseconds; null where the client does not tell. */
  sent_time_ms: number | null;
  /** Client clock, as sent. */
  viewer_time_ms: number;
  playhead_ms: number;
  /** JSON object of the fields that the event carried. */
  details: string;
  /** Of an error: the category that its code had when it came, which counts before what `details` say; "" where it had none. */
  error_severity: string;
  error_type: string;
  /** 1: its long fields are not in `details`; where the others are still too much, none is. */
  details_cut: number;
  /** Of the view, whatever the answer left out. */
  total_events: number;
  /** Of these, events of requests. */
  total_requests: number;
}

/** One view's events. `firstSeenMs` of its row tells the partition. */
export interface EventScope {
  environmentId: EnvironmentId;
  viewId: string;
  firstSeenMs: number;
}

/** Which of them an answer holds. */
export interface EventSelection {
  /** Over `name`: the least comes first, then the lowest sequence. */
  rankSql: string;
  /** At most so many, and {@link MAX_BYTES}. */
  limit: number;
  /** Events up to it are left out; -1 for none. */
  afterSequence: number;
  /** Of the answer. */
  orderSql: string;
}

/** Bytes. A request with long addresses has 2,000; 512 fields of 1,024 characters are taken (domain/wire). */
const MAX_DETAILS = 16_384;
/** Bytes of one field of too long details. */
const MAX_FIELD = 1_024;
/** Bytes of all details of an answer. */
const MAX_BYTES = 8 * 2 ** 20;

/**
 * Events of one view, each once; of one that counted a late repeat is not told. Which ones is decided by their sizes, and
 * only then details are kept in memory: those of a hostile view do not fit.
 */
export function eventRows(
  { environmentId, viewId, firstSeenMs }: EventScope,
  { rankSql, limit, afterSequence, orderSql }: EventSelection,
): Question {
  return {
    sql: `
SELECT
  sequence,
  late,
  name,
  toFloat64(toUnixTimestamp64Milli(server_time)) AS server_time_ms,
  toFloat64(toUnixTimestamp64Milli(sent_time)) AS sent_time_ms,
  toFloat64(toUnixTimestamp64Milli(viewer_time)) AS viewer_time_ms,
  toFloat64(all_events.playhead_ms) AS playhead_ms,
  ${shortDetails("all_events.details")} AS details,
  error_severity,
  error_type,
  length(all_events.details) > ${MAX_DETAILS} AS details_cut,
  total_events,
  total_requests
FROM (SELECT * FROM events FINAL WHERE ${OF_THE_VIEW} AND sequence > {afterSequence: Int64}) AS all_events
INNER JOIN (
  SELECT sequence, late, total_events, total_requests
  FROM (
    SELECT
      sequence,
      late,
      rank,
      toFloat64(count() OVER ()) AS total_events,
      toFloat64(countIf(${IS_REQUEST}) OVER ()) AS total_requests,
      sum(size) OVER (ORDER BY rank, sequence ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bytes
    FROM (
      SELECT
        sequence,
        late,
        name,
        ${rankSql} AS rank,
        if(sequence > {afterSequence: Int64}, least(length(details), ${MAX_DETAILS}), 0) AS size
      FROM events FINAL
      WHERE ${OF_THE_VIEW}
      ORDER BY sequence, late
      LIMIT 1 BY sequence
    )
  )
  WHERE sequence > {afterSequence: Int64} AND bytes <= ${MAX_BYTES}
  ORDER BY rank, sequence
  LIMIT {limit: UInt32}
) AS taken USING (sequence, late)
ORDER BY ${orderSql}
${SETTINGS}`,
    params: { environmentId, viewId, firstSeenMs, limit, afterSequence },
  };
}

/** Over `name`. */
export const IS_REQUEST = "startsWith(name, 'request')";

const OF_THE_VIEW = `environment_id = {environmentId: UInt32} AND view_id = {viewId: String}
    AND view_first_seen = fromUnixTimestamp64Milli({firstSeenMs: Int64}, 'UTC')`;

/** Too long ones without their long fields, so that an error keeps its code. */
function shortDetails(details: string): string {
  const fields = `arrayFilter(field -> length(field.2) <= ${MAX_FIELD}, JSONExtractKeysAndValuesRaw(${details}))`;
  const kept = `concat('{', arrayStringConcat(arrayMap(field -> concat(toJSONString(field.1), ':', field.2), ${fields}), ','), '}')`;
  return `multiIf(length(${details}) <= ${MAX_DETAILS}, ${details}, length(${kept} AS kept) <= ${MAX_DETAILS}, kept, '{}')`;
}
