import { Counter, Gauge } from "prom-client";
import type { Metrics } from "../../platform/observability/metrics.ts";

export interface UsageMetrics {
  written(records: number): void;
  /** No room for a segment of this length. */
  lost(lengthMs: number): void;
  watchWaiting(records: () => number): void;
}

const MS_PER_SECOND = 1_000;

export function createUsageMetrics(registry: Metrics): UsageMetrics {
  const registers = [registry];
  const written = new Counter({
    name: "playhead_delivery_usage_records_total",
    help: "Segments and pieces of files handed to viewers and written to the event log, repeats included",
    registers,
  });
  const lost = new Counter({
    name: "playhead_delivery_usage_lost_seconds_total",
    help: "Delivered seconds that are counted nowhere, since the event log was away for too long; repeats included",
    registers,
  });
  return {
    written: (records) => written.inc(records),
    lost: (lengthMs) => lost.inc(lengthMs / MS_PER_SECOND),
    watchWaiting: (records) => {
      const gauge: Gauge = new Gauge({
        name: "playhead_delivery_usage_waiting_records",
        help: "Segments and pieces of files handed to viewers and not yet written to the event log",
        registers,
        collect: () => gauge.set(records()),
      });
    },
  };
}
