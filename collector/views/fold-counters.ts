import { Counter } from "prom-client";
import type { RejectionReason } from "../../domain/messages/rejection-reasons.ts";
import type { Metrics } from "../../platform/observability/metrics.ts";

/** What was not taken, since the process began; how many events it was altogether is in `EventCounts`. */
export interface FoldCounters {
  rejected(reason: RejectionReason, count: number): void;
  /** A log record that is none of ours. */
  undecodable(): void;
}

export function createFoldCounters(metrics: Metrics): FoldCounters {
  const rejected = new Counter({
    name: "playhead_views_rejected_events_total",
    help: "Events of the log that were not taken, by reason, read again after a crash or not",
    labelNames: ["reason"],
    registers: [metrics],
  });
  const undecodable = new Counter({
    name: "playhead_views_undecodable_records_total",
    help: "Log records that could not be read and were skipped",
    registers: [metrics],
  });
  return {
    rejected: (reason, count) => rejected.inc({ reason }, count),
    undecodable: () => undecodable.inc(),
  };
}
