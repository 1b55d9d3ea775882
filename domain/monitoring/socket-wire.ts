import type { MonitoringDimension } from "./dimensions.ts";

/**
 * The messages of the realtime socket, as they travel (docs/realtime.md explains them). Times are Unix milliseconds in
 * log time, durations milliseconds, percentages fractions 0..1; `null` means that nothing was there to measure.
 */

/** Width of a monitoring bucket. */
export const BUCKET_MS = 5_000;
/** A bucket may still change this long after it began to lie in the past. */
export const OPEN_MS = 30_000;
/** Span of the chart: 360 buckets. */
export const WINDOW_MS = 1_800_000;

/** Client → server, event `subscribe`; answered by an acknowledgement and then a `snapshot`. */
export interface SubscribeWire {
  /** Chosen by the client, 1..64 characters, unique per connection; every message about this subscription carries it. */
  id: string;
  filters?: { dimension: MonitoringDimension; values: string[]; negated?: boolean }[];
  /** At most 4 dimensions. */
  breakdowns?: MonitoringDimension[];
  /** `as_of` of the newest message received before a reconnect: buckets closed by then are not sent again. */
  resume_from?: number;
}

export type SocketErrorType = "invalid_parameters" | "unauthorized" | "too_many_subscriptions" | "unavailable";

export type AckWire = { ok: true } | { ok: false; error: { type: SocketErrorType; messages: string[] } };

export interface StartupTimeWire {
  median_ms: number;
  p95_ms: number;
  /** Views whose first frame fell into the span. */
  count: number;
}

/** One 5-second point of the chart, [start, start + 5 s). */
export interface BucketWire {
  start: number;
  /** Open buckets are provisional and sent again as they change. */
  open: boolean;
  /** At the bucket's end, or at `as_of` in the newest. */
  current_concurrent_viewers: number;
  current_rebuffering_percentage: number | null;
  /** bit/s: mean of the renditions being played, each viewer counting once. */
  current_average_bitrate: number | null;
  video_startup_time: StartupTimeWire | null;
  video_startup_failure_percentage: number | null;
  exits_before_video_start: number | null;
  playback_failure_percentage: number | null;
}

/** The big numbers: viewers at `as_of`; the rest over the 60 s before it. */
export interface CurrentWire extends Omit<BucketWire, "start" | "open"> {
  /** Views that have shown play intent and wait for their first frame. */
  starting_up_viewers: number;
}

export interface BreakdownRowWire extends CurrentWire {
  /** null: views without a value in this dimension. */
  value: string | null;
}

/** Server → client, events `snapshot` (whole) and `delta` (only the buckets that changed; all the rest whole). */
export interface MonitoringWire {
  id: string;
  /** Everything that arrived before this moment is counted. Stands still while a consumer or the store is down. */
  as_of: number;
  /** Server clock at sending. */
  sent_at: number;
  /** `sent_at - as_of`: how old the picture is. */
  delay_ms: number;
  /** `stalled` when `as_of` has not moved for 5 s: the numbers are the last known ones. */
  state: "live" | "stalled";
  buckets: BucketWire[];
  current: CurrentWire;
  /** Busiest values first, at most 20 rows each. */
  breakdowns: Partial<Record<MonitoringDimension, BreakdownRowWire[]>>;
}

/** Server → client, event `ended`: the subscription or, without an id, the connection is over. */
export interface EndedWire {
  id?: string;
  /**
   * Of a connection: `token_expired`, `shutting_down`, `too_many_connections` of the same person.
   * Of a subscription: `query_failed`, the store refuses its question for what it is; asking again will not help.
   */
  reason: "token_expired" | "shutting_down" | "too_many_connections" | "query_failed";
}

export interface ServerToClient {
  snapshot: (message: MonitoringWire) => void;
  delta: (message: MonitoringWire) => void;
  ended: (message: EndedWire) => void;
}

export interface ClientToServer {
  subscribe: (message: SubscribeWire, ack: (answer: AckWire) => void) => void;
  unsubscribe: (message: { id: string }, ack: (answer: AckWire) => void) => void;
  /** Replaces the socket token in place, before the old one expires. */
  refresh_token: (message: { token: string }, ack: (answer: AckWire) => void) => void;
}
