import { Counter } from "prom-client";
import type { RejectReason } from "../../domain/wire/peek-event.ts";
import type { Metrics } from "../../platform/observability/metrics.ts";

/** What could not be read, since the process began; how many events it was altogether is in `EventCounts`. */
export interface FoldCounters {
  rejected(reason: RejectReason): void;
  /** A log record that is none of ours. */
  undecodable(): void;
}

export function createFoldCounters(metrics: Metrics): FoldCounters {
  const rejected = new Counter({
    name: "playhead_views_rejected_events_total",
    help: "Events of the log that could not be read, by reason, read again after a crash or not",
    labelNames: ["reason"],
    registers: [metrics],
  });
  const undecodable = new Counter({
    name: "playhead_views_undecodable_records_total",
    help: "Log records that could not be read and were skipped",
    registers: [metrics],
  });
  return {
    rejected: (reason) => rejected.inc({ reason }),
    undecodable: () => undecodable.inc(),
  };
}
