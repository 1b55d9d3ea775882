import type { ViewRecord } from "../view-record.ts";
import type { ViewState } from "../view-state.ts";
import type { RecordParts } from "./record-source.ts";
import { quotientOrNull, toldAmount } from "./told.ts";

/**
 * Requests of this view. The client's own counters run on over all views of a player (data-wire.md §6): they stand only in
 * the first view of a player, and only for what no event tells.
 */
export function requestsOf({ view }: RecordParts) {
  const { completed, failed, canceled, bytes, ...sums } = view.requests;
  const isFirst = toldAmount(view, "player_view_count") === 1;
  const told = (name: string) => (isFirst ? toldAmount(view, name) : null);
  const counts =
    completed + failed + canceled > 0
      ? { requestCount: completed + failed + canceled, requestFailedCount: failed, requestCanceledCount: canceled }
      : {
          requestCount: told("view_request_count") ?? 0,
          requestFailedCount: told("view_request_failed_count") ?? 0,
          requestCanceledCount: told("view_request_canceled_count") ?? 0,
        };
  return {
    ...counts,
    requestBytes: bytes,
    ...averagesOf(sums, told),
  } satisfies Partial<ViewRecord>;
}

type Sums = Omit<ViewState["requests"], "completed" | "failed" | "canceled" | "bytes">;

function averagesOf(sums: Sums, told: (name: string) => number | null) {
  const timed = sums.latencyCount > 0 || sums.loadMs > 0;
  if (!timed) {
    return {
      requestLatencyMs: told("view_average_request_latency"),
      maxRequestLatencyMs: told("view_max_request_latency"),
      requestThroughput: told("view_average_request_throughput"),
    };
  }
  const hasLatency = sums.latencyCount > 0;
  return {
    requestLatencyMs: quotientOrNull(sums.latencySumMs, sums.latencyCount),
    maxRequestLatencyMs: hasLatency ? sums.latencyMaxMs : null,
    requestThroughput: quotientOrNull(sums.loadedBytes * 8_000, sums.loadMs),
  };
}
