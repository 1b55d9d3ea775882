import { Counter } from "prom-client";
import type { RejectReason } from "../../domain/wire/peek-event.ts";
import type { Metrics } from "../../platform/observability/metrics.ts";

/** Where every event that left the log went: in a view, a repeat, late, or rejected. */
export interface FoldCounters {
  folded(): void;
  repeated(): void;
  late(): void;
  rejected(reason: RejectReason): void;
  /** A log record that is none of ours. */
  undecodable(): void;
}

export function createFoldCounters(metrics: Metrics): FoldCounters {
  const events = new Counter({
    name: "playhead_views_events_total",
    help: "Events read from the log, by what became of them",
    labelNames: ["outcome"],
    registers: [metrics],
  });
  const undecodable = new Counter({
    name: "playhead_views_undecodable_records_total",
    help: "Log records that could not be read and were skipped",
    registers: [metrics],
  });
  const bound = (outcome: string) => events.labels({ outcome });
  const [folded, repeated, late] = [bound("folded"), bound("repeated"), bound("late")];
  return {
    folded: () => folded.inc(),
    repeated: () => repeated.inc(),
    late: () => late.inc(),
    rejected: (reason) => events.labels({ outcome: `rejected_${reason}` }).inc(),
    undecodable: () => undecodable.inc(),
  };
}
